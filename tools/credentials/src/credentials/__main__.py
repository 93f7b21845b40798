"""`python -m credentials FOLDER` creates the missing secrets and certificates of the containers."""

import argparse
import sys
from pathlib import Path

from credentials.certificate import now_utc
from credentials.containers import ensure_credentials
from credentials.issued import CredentialsRefused


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m credentials", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    made = False
    try:
        for line in ensure_credentials(folder, now_utc()):
            made = True
            sys.stdout.write(f"{line}\n")
    except (CredentialsRefused, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not made:
        sys.stdout.write(f"{folder}: nothing to do\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
