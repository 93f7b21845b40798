"""The revisions in the code, and the revisions that a database may have."""

from pathlib import Path

import asyncpg
import pytest

from launcher.migrations import DatabaseUnreachable, SchemaFromTheFuture, migrate_database
from launcher.temporary import TemporaryCluster
from transcendence_common.revisions import Revisions, read_revisions

FIRST = 'revision = "a1"\ndown_revision = None\n'
SECOND = 'revision: str = "b2"\ndown_revision: str | None = "a1"\nbranch_labels = None\n'
THIRD = 'revision = "c3"\ndown_revision = "a1"\n'
MERGE = 'revision = "d4"\ndown_revision = ("b2", "c3")\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    write(tmp_path, FIRST, SECOND)
    return tmp_path


def test_a_head_has_no_successor(tmp_path: Path) -> None:
    write(tmp_path, FIRST, SECOND)
    assert read_revisions(folder_of(tmp_path)) == Revisions(
        frozenset({"a1", "b2"}), frozenset({"b2"})
    )
    write(tmp_path, FIRST, SECOND, THIRD)
    assert read_revisions(folder_of(tmp_path)).heads == {"b2", "c3"}
    write(tmp_path, FIRST, SECOND, THIRD, MERGE)
    assert read_revisions(folder_of(tmp_path)).heads == {"d4"}


async def test_a_database_at_the_head_is_not_migrated(
    clone: Path, server: TemporaryCluster
) -> None:
    await at_revision(server, "b2")
    assert not await migrate_database("auth", clone, server.urls["auth"], {}, clone / "log")


async def test_a_schema_newer_than_the_code_is_refused(
    clone: Path, server: TemporaryCluster
) -> None:
    await at_revision(server, "f9")
    with pytest.raises(SchemaFromTheFuture, match=r"f9.*update the clone"):
        await migrate_database("auth", clone, server.urls["auth"], {}, clone / "log")


@pytest.mark.parametrize("url", ["postgresql://auth:x@127.0.0.1:1/auth_db", "auth_db"])
async def test_an_unreachable_database_is_reported_with_its_variable(clone: Path, url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="AUTH_DATABASE_URL"):
        await migrate_database("auth", clone, url, {}, clone / "log")


def folder_of(clone: Path) -> Path:
    return clone / "services" / "auth" / "src" / "auth" / "migrations"


def write(clone: Path, *revisions: str) -> None:
    folder = folder_of(clone) / "versions"
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(revisions):
        (folder / f"{number}.py").write_text(f'"""A step."""\nimport sqlalchemy\n{text}')


async def at_revision(server: TemporaryCluster, revision: str) -> None:
    connection = await asyncpg.connect(server.urls["auth"])
    await connection.execute("DROP TABLE IF EXISTS alembic_version")
    await connection.execute("CREATE TABLE alembic_version (version_num text)")
    await connection.execute("INSERT INTO alembic_version VALUES ($1)", revision)
    await connection.close()
