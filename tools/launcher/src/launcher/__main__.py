"""`python -m launcher up`, `reset`, `admin NAME`, and `packages` (installs the front-end packages for the checks)."""

import argparse
import os
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path

from launcher.admin import set_admin
from launcher.console import Report
from launcher.execute import execute_work
from launcher.packages import prepare_packages
from launcher.reset import reset_state
from launcher.settings import read_settings
from launcher.up import start_platform

# tools/launcher/src/launcher/__main__.py
CLONE = Path(__file__).resolve().parents[4]


def main() -> int:
    parser = argparse.ArgumentParser(prog="launcher", description=__doc__)
    parser.add_argument("command", choices=["up", "reset", "admin", "packages"])
    parser.add_argument("name", nargs="?", help="whom `admin` makes an administrator")
    parser.add_argument("--revoke", action="store_true", help="an administrator no more")
    parser.add_argument("--clone", type=Path, default=CLONE, help="the repository to run")
    arguments = parser.parse_args()
    if (arguments.command == "admin") != (arguments.name is not None):
        parser.error("a name belongs to admin, and only to it")
    clone: Path = arguments.clone
    report = Report()
    _keep_bytecode()

    def work(cleanup: AsyncExitStack) -> Coroutine[None, None, None]:
        match arguments.command:
            case "reset":
                return reset_state(clone, report)
            case "packages":
                return prepare_packages(clone, report)
            case "admin":
                return set_admin(clone, arguments.name, report, revoke=arguments.revoke)
            case _:
                return start_platform(clone, read_settings(os.environ), report, cleanup)

    return execute_work(work, report)


def _keep_bytecode() -> None:
    """Enable bytecode files: without them every start of a service compiles SQLAlchemy again and takes twice as
    long."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


if __name__ == "__main__":
    sys.exit(main())
