"""An operator's own files, which take the place of made secrets and certificates."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from credentials.containers import EXTERNAL_SECRETS
from credentials.issued import CredentialsRefused
from credentials.parts import PARTS
from credentials.secret_store import OWNER_ONLY
from credentials.whole_files import write_atomically

NAMES: Final = frozenset(
    {"elastic_ca_key.pem", *(file for files in PARTS.values() for file in files.values())}
)


def take_own_files(folders: Iterable[Path], store: Path, taken: Path) -> Iterator[str]:
    """Copy an operator's files into the folder of all secrets; yield a line for each.

    A later folder precedes an earlier one. A file is taken when there is none, or when it has changed since it was last
    taken, so that an old certificate does not replace the one that renewed it. `taken` stores what was taken last.

    Raises CredentialsRefused if a file would replace a secret in use or is a broken link. Raises OSError if a folder
    cannot be read: ignoring it would make new passwords for existing databases.
    """
    for folder in (store, taken):
        folder.mkdir(mode=0o700, exist_ok=True)
    changed = {
        name: path
        for name, path in sorted(_own_files(folders).items())
        if _content(taken / name) != path.read_bytes() or not (store / name).exists()
    }
    _check_secrets_in_use(changed, store)
    for name, path in changed.items():
        content = path.read_bytes()
        write_atomically(store / name, content, OWNER_ONLY)
        write_atomically(taken / name, content, OWNER_ONLY)
        yield f"{store / name}: taken from {path}"


def _own_files(folders: Iterable[Path]) -> Mapping[str, Path]:
    named = [path for folder in folders for path in folder.iterdir() if path.name in NAMES]
    for path in named:
        if not path.exists():
            raise CredentialsRefused(
                f"{path} is a link out of its folder, which a container cannot follow: put the file itself there"
            )
    return {path.name: path for path in named if path.is_file()}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _check_secrets_in_use(own: Mapping[str, Path], store: Path) -> None:
    """Refuse to replace a secret without which existing data cannot be read.

    Otherwise a second set of secrets, made in the operator's folder by mistake, would replace the first.
    """
    in_use = [
        name
        for name, path in own.items()
        if path.suffix != ".pem"
        and name not in EXTERNAL_SECRETS
        and _content(store / name) not in {None, path.read_bytes()}
    ]
    if in_use:
        raise CredentialsRefused(
            f"{', '.join(in_use)}: your files differ from the secrets in use. Delete your files to keep those, "
            "or delete those to use your files: docker compose run --rm setup rm "
            + " ".join(str(store / name) for name in in_use)
        )
