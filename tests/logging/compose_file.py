"""Reads docker-compose.yml and the settings files of the logging profile."""

from pathlib import Path
from typing import Any

import yaml

from credentials.parts import PARTS

ROOT = Path(__file__).parents[2]
WHOLE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = WHOLE["services"]
LOGGING = {name for name, it in SERVICES.items() if it.get("profiles") == ["logging"]}


def secrets_of(name: str) -> dict[str, str]:
    """Return the files from the folder of secrets that a container mounts, by their paths in it."""
    return {
        f"{volume['target']}/{inside}": outside
        for volume in SERVICES[name].get("volumes", ())
        if volume.get("source") == "secrets" and "volume" in volume
        for inside, outside in PARTS[volume["volume"]["subpath"]].items()
    }


def named_for_start(name: str) -> list[str]:
    """Return the secrets that a container's program gets in its environment."""
    shell, script, *rest = SERVICES[name]["entrypoint"]
    assert (shell, script) == ("sh", "/with-secrets.sh")
    named: list[str] = rest[: rest.index("--")]
    return named


def variables_of(name: str) -> set[str]:
    """Return the names of all variables in the environment of a container's program."""
    return {secret.upper() for secret in named_for_start(name)} | {*SERVICES[name]["environment"]}


def settings_of(file: str) -> dict[str, Any]:
    """Return settings by their full names, as the programs read them."""
    return _flat(yaml.safe_load((ROOT / "ops/elk" / file).read_text()))


def _flat(found: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    names: dict[str, Any] = {}
    for name, value in found.items():
        inner = (
            _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
        )
        assert not names.keys() & inner.keys()
        names |= inner
    return names
