"""`python -m credentials FOLDER` creates the missing secrets and certificates of the containers."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from credentials.certificate import now_utc
from credentials.containers import ensure_credentials
from credentials.issued import CredentialsRefused
from credentials.own_files import take_own_files
from credentials.parts import copy_to_parts


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m credentials", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--volume",
        action="store_true",
        help="FOLDER is the containers' volume: keep all secrets in FOLDER/all, and each container's in a folder",
    )
    parser.add_argument(
        "--own", type=Path, action="append", default=[], help="with --volume: the operator's files"
    )
    chosen = parser.parse_args(arguments)
    made = False
    try:
        for line in (
            _set_up_volume(chosen.folder, chosen.own)
            if chosen.volume
            else ensure_credentials(chosen.folder, now_utc())
        ):
            made = True
            sys.stdout.write(f"{line}\n")
    except (CredentialsRefused, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not made:
        sys.stdout.write(f"{chosen.folder}: nothing to do\n")
    return 0


def _set_up_volume(volume: Path, own: list[Path]) -> Iterator[str]:
    store = volume / "all"
    yield from take_own_files(own, store, volume / "taken")
    yield from ensure_credentials(store, now_utc())
    copy_to_parts(store, volume)


if __name__ == "__main__":
    sys.exit(main())
