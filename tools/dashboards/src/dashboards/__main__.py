"""`python -m dashboards` writes Grafana's and Kibana's dashboards; `--check` only lists those that are out of date."""

import argparse
import sys
from pathlib import Path

from dashboards.files import OPS, stale_files, write_files


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("ops", nargs="?", type=Path, default=OPS)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if a file differs"
    )
    options = parser.parse_args(arguments)
    if not options.check:
        for path in write_files(options.ops):
            sys.stdout.write(f"{path.name}\n")
        return 0
    old = [path.name for path in stale_files(options.ops)]
    if old:
        sys.stderr.write(
            f"Out of date, or no longer generated: {', '.join(old)}. Run make dashboards, then delete leftover files.\n"
        )
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
