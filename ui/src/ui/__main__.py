"""`python -m ui` serves the pages; `python -m ui build-assets <dir>` collects the static files."""

import argparse
import sys
from pathlib import Path

from transcendence_common.server import serve
from ui.settings import UiSettings


def main() -> int:
    arguments = _argument_parser().parse_args()
    if arguments.command == "build-assets":
        return _build_assets(arguments.dir, arguments.runbooks)
    settings = UiSettings.load()
    # Litestar imports it, and with it SQLAlchemy: half of the modules that ui would load.
    serve("ui.app:create_app", settings, port=settings.ui_port, unused=["advanced_alchemy"])
    return 0


def _argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ui", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    build = commands.add_parser("build-assets", help="collect static files into a folder")
    build.add_argument("dir", type=Path)
    build.add_argument(
        "--runbooks", type=Path, required=True, help="the folder they are written in"
    )
    return parser


def _build_assets(target: Path, runbooks: Path) -> int:
    # Imported here, because it needs the extra `assets`, which the image that serves pages does not have.
    from ui.build_assets import PackageMissing, build_assets  # noqa: PLC0415

    try:
        release = build_assets(target, runbooks)
    except PackageMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{release}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
