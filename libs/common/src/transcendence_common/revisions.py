"""Reads the revisions of a service's migrations from the files, because loading Alembic takes longer than starting."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Revisions:
    """All revisions of the files, and the heads, which no other revision follows."""

    known: frozenset[str]
    heads: frozenset[str]


def read_revisions(folder: Path) -> Revisions:
    """Return the revisions of the files in `versions`, without importing them."""
    pairs = [_read_revision(path) for path in sorted((folder / "versions").glob("*.py"))]
    known = frozenset(revision for revision, _ in pairs if revision)
    replaced = {down for _, downs in pairs for down in downs}
    return Revisions(known, known - replaced)


def _read_revision(path: Path) -> tuple[str | None, tuple[str, ...]]:
    found: dict[str, object] = {}
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Constant() | ast.Tuple() as value
            ):
                found[name] = ast.literal_eval(value)
            case ast.AnnAssign(
                target=ast.Name(id=name), value=ast.Constant() | ast.Tuple() as value
            ):
                found[name] = ast.literal_eval(value)
    revision, down = found.get("revision"), found.get("down_revision")
    downs = down if isinstance(down, tuple) else (down,)
    return (
        revision if isinstance(revision, str) else None,
        tuple(name for name in downs if isinstance(name, str)),
    )
