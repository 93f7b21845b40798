"""Finds the monitoring programs, installed from Debian's packages or from their makers."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError

# Names of programs by package; Debian's programs are named like the package, the makers' have no prefix.
PACKAGES = {
    "prometheus": ("prometheus",),
    "prometheus-alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "prometheus-node-exporter": ("prometheus-node-exporter", "node_exporter"),
    "prometheus-postgres-exporter": ("prometheus-postgres-exporter", "postgres_exporter"),
}


class MonitoringPackagesMissing(LaunchError):
    def __init__(self, packages: list[str]) -> None:
        super().__init__(
            f"MONITORING=1 needs what is not installed here: `apt-get install {' '.join(packages)}`, "
            "or start without it"
        )


@dataclass(frozen=True)
class MonitoringPrograms:
    prometheus: Path
    alertmanager: Path
    node_exporter: Path
    postgres_exporter: Path


def find_programs() -> MonitoringPrograms:
    """Find the programs on PATH; raises MonitoringPackagesMissing with the packages of all missing ones."""
    found = {package: _find(names) for package, names in PACKAGES.items()}
    if missing := [package for package, program in found.items() if program is None]:
        raise MonitoringPackagesMissing(missing)
    return MonitoringPrograms(*(program for program in found.values() if program is not None))


def knows_option(program: Path, option: str) -> bool:
    """Tell whether the installed version's help lists an option."""
    done = subprocess.run([program, "--help"], check=False, capture_output=True, text=True)
    return option in f"{done.stdout}{done.stderr}".split()


def _find(names: tuple[str, ...]) -> Path | None:
    paths = (shutil.which(name) for name in names)
    return next((Path(path) for path in paths if path), None)
