"""`python -m launcher up`, `reset`, and `packages` (what the checks need of the front end)."""

import argparse
import os
import sys
from pathlib import Path

from launcher.console import Report
from launcher.errors import LaunchError
from launcher.execute import execute
from launcher.packages import prepare_packages
from launcher.reset import reset
from launcher.settings import read_settings
from launcher.up import up

# tools/launcher/src/launcher/__main__.py
CLONE = Path(__file__).resolve().parents[4]


def main() -> int:
    parser = argparse.ArgumentParser(prog="launcher", description=__doc__)
    parser.add_argument("command", choices=["up", "reset", "packages"])
    parser.add_argument("--clone", type=Path, default=CLONE, help="the repository to run")
    arguments = parser.parse_args()
    report = Report()
    _keep_bytecode()
    try:
        if arguments.command == "reset":
            reset(arguments.clone, report)
            return 0
        if arguments.command == "packages":
            return execute(lambda _: prepare_packages(arguments.clone, report), report)
        settings = read_settings(os.environ)
    except LaunchError as error:
        report.failure(str(error))
        return 1
    return execute(lambda cleanup: up(arguments.clone, settings, report, cleanup), report)


def _keep_bytecode() -> None:
    """Without it every start of a service compiles SQLAlchemy anew and takes twice as long."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


if __name__ == "__main__":
    sys.exit(main())
