"""Brings the databases to the schema of this version of the code, when they are not there yet.

Loading Alembic and every migration takes longer than starting PostgreSQL, so the revisions are read
off the files, and only a database that differs pays for the real tool.
"""

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from launcher.errors import START_AFRESH, LaunchError
from launcher.steps import run_step

CONNECT_LIMIT_SECONDS = 10


class SchemaFromTheFuture(LaunchError):
    def __init__(self, service: str, revision: str) -> None:
        super().__init__(
            f"The database of {service} has the schema {revision}, which this version of the code "
            f"does not know: update the clone, or {START_AFRESH}"
        )


class DatabaseUnreachable(LaunchError):
    def __init__(self, service: str, reason: str) -> None:
        super().__init__(
            f"The database of {service} cannot be reached ({reason}): check "
            f"{service.upper()}_DATABASE_URL"
        )


@dataclass(frozen=True)
class Revisions:
    known: frozenset[str]
    heads: frozenset[str]


async def migrate(
    service: str, clone: Path, url: str, environment: Mapping[str, str], log: Path
) -> bool:
    """Upgrades one service's database; False when it is up to date.

    Raises SchemaFromTheFuture, DatabaseUnreachable or StepFailed.
    """
    revisions = read_revisions(clone / "services" / service / "src" / service / "migrations")
    current = await _current(service, url)
    if unknown := current - revisions.known:
        raise SchemaFromTheFuture(service, min(unknown))
    if current == revisions.heads:
        return False
    await run_step(
        f"Migrating the database of {service}",
        [
            str(Path(sys.executable).with_name("litestar")),
            *("--app", f"{service}.app:create_app", "database", "upgrade", "--no-prompt"),
        ],
        directory=clone / "services" / service,
        log=log,
        environment=environment,
    )
    return True


def read_revisions(folder: Path) -> Revisions:
    """`revision` and `down_revision` of every file in `versions`, without importing any."""
    pairs = [_read_pair(path) for path in sorted((folder / "versions").glob("*.py"))]
    known = frozenset(revision for revision, _ in pairs if revision)
    replaced = {down for _, downs in pairs for down in downs}
    return Revisions(known, known - replaced)


def _read_pair(path: Path) -> tuple[str | None, tuple[str, ...]]:
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


async def _current(service: str, url: str) -> frozenset[str]:
    plain = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    try:
        connection = await asyncpg.connect(plain, timeout=CONNECT_LIMIT_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnreachable(service, str(error) or type(error).__name__) from error
    try:
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return frozenset()
    finally:
        await connection.close()
    return frozenset(str(row["version_num"]) for row in rows)
