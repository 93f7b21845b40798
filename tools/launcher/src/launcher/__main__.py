"""`python -m launcher up`, `reset`, and `packages` (what the checks need of the front end)."""

import argparse
import os
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path

from launcher.console import Report
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

    def work(cleanup: AsyncExitStack) -> Coroutine[None, None, None]:
        match arguments.command:
            case "reset":
                return reset(arguments.clone, report)
            case "packages":
                return prepare_packages(arguments.clone, report)
            case _:
                return up(arguments.clone, read_settings(os.environ), report, cleanup)

    return execute(work, report)


def _keep_bytecode() -> None:
    """Without it every start of a service compiles SQLAlchemy anew and takes twice as long."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


if __name__ == "__main__":
    sys.exit(main())
