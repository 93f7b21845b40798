import os
import shutil
import subprocess
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from launcher.temporary import TemporaryCluster
from tests.fixtures.cast import KEY, SigningKey
from tests.fixtures.clients import client_of, refusal
from transcendence_common.app import create_app
from transcendence_common.database import configure_database
from transcendence_common.outages import DatabaseUnavailable
from transcendence_common.problems import Conflict
from transcendence_common.settings import Settings

OLDER = "0001"
HEAD = "0002"
HASH = "$argon2id$hush"
SCRIPT = """revision = "{revision}"
down_revision = {before!r}
"""


@post("/notes/{note:str}")
async def write(note: FromPath[str], db_session: NamedDependency[AsyncSession]) -> None:
    await db_session.execute(text("INSERT INTO note VALUES (:note)"), {"note": note})


@post("/notes/{note:str}/refused")
async def write_and_refuse(note: FromPath[str], db_session: NamedDependency[AsyncSession]) -> None:
    await db_session.execute(text("INSERT INTO note VALUES (:note)"), {"note": note})
    raise Conflict("Changed my mind.")


@post("/people/{email:str}")
async def register(email: FromPath[str], db_session: NamedDependency[AsyncSession]) -> None:
    statement = text("INSERT INTO person (email_key, password_hash) VALUES (:email, :hash)")
    await db_session.execute(statement, {"email": email, "hash": HASH})


@get("/notes")
async def read(db_session: NamedDependency[AsyncSession]) -> list[str]:
    return list(await db_session.scalars(text("SELECT text FROM note ORDER BY text")))


@pytest.fixture
async def url(postgres: TemporaryCluster) -> AsyncGenerator[str, None]:
    """A separate database with one table, whose constraint is checked only at the commit."""
    await execute(postgres, "CREATE DATABASE sample_db")
    url = postgres.cluster.url("sample_db").replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(
            text("CREATE TABLE note (text text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        )
        await connection.execute(
            text(
                "CREATE TABLE person (email_key text CONSTRAINT uq_person_email_key UNIQUE"
                " CONSTRAINT ck_person_email_key CHECK (email_key LIKE '%@%'), password_hash text)"
            )
        )
        await connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
        await connection.execute(text(f"INSERT INTO alembic_version VALUES ('{HEAD}')"))  # noqa: S608
    await engine.dispose()
    yield url
    await execute(postgres, "DROP DATABASE IF EXISTS sample_db WITH (FORCE)")


@pytest.fixture
async def client(
    url: str, tmp_path: Path, signing_key: SigningKey
) -> AsyncGenerator[httpx.AsyncClient, None]:
    write_scripts(tmp_path / "versions")
    app = create_app(
        "sample",
        Settings(environment="test", log_dir=tmp_path),
        features=[write, write_and_refuse, register, read],
        keys=signing_key,
        database=configure_database(
            SecretStr(url), service="sample", migrations=tmp_path, pool_size=2
        ),
    )
    async with client_of(app) as client:
        yield client


async def test_a_success_is_committed(client: httpx.AsyncClient) -> None:
    assert (await client.post("/notes/a")).status_code == 201
    assert (await client.get("/notes")).json() == ["a"]


async def test_a_refusal_stores_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.post("/notes/a/refused")).status_code == 409
    assert (await client.get("/notes")).json() == []


async def test_a_failed_commit_is_no_success(client: httpx.AsyncClient) -> None:
    await client.post("/notes/a")
    answer = await client.post("/notes/a")
    assert refusal(answer) == (503, "not_saved")
    assert (await client.get("/notes")).json() == ["a"]


async def test_connections_are_returned_after_failures(client: httpx.AsyncClient) -> None:
    for _ in range(5):
        await client.post("/notes/a")
        await client.post("/notes/b/refused")
    assert (await client.get("/notes")).json() == ["a"]


@pytest.mark.parametrize(
    ("path", "constraint"),
    [
        # An invalid key, an invalid row, and a row that fails at the commit.
        ("/people/alice@example.org\nor a second line", "uq_person_email_key"),
        ("/people/alice at example.org", "ck_person_email_key"),
        ("/notes/alice@example.org", "note_text_key"),
    ],
)
async def test_values_that_the_database_refuses_are_not_logged(
    client: httpx.AsyncClient, tmp_path: Path, path: str, constraint: str
) -> None:
    for _ in range(2):
        answer = await client.post(quote(path))
    assert answer.status_code >= 500
    log = (tmp_path / "sample.json").read_text()
    assert constraint in log
    assert "Traceback" in log
    for value in ("alice", "second line", "argon2id", "DETAIL"):
        assert value not in log


VERSIONS: Mapping[str, tuple[str, int]] = {
    "never migrated": ("DROP TABLE alembic_version", 503),
    "taken back to nothing": ("DELETE FROM alembic_version", 503),
    "behind": (f"UPDATE alembic_version SET version_num = '{OLDER}'", 503),  # noqa: S608
    "at the head": (f"UPDATE alembic_version SET version_num = '{HEAD}'", 200),  # noqa: S608
    "ahead, while an update rolls": ("UPDATE alembic_version SET version_num = '0003'", 200),
}


@pytest.mark.parametrize(("statement", "status"), VERSIONS.values(), ids=VERSIONS)
async def test_a_service_is_ready_unless_its_database_is_behind_the_code(
    client: httpx.AsyncClient, url: str, statement: str, status: int
) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
    answer = await client.get("/health/ready")
    assert answer.status_code == status
    assert answer.json()["failing"] == (["database"] if status == 503 else [])


async def test_a_connection_that_was_cut_is_replaced(
    client: httpx.AsyncClient, postgres: TemporaryCluster
) -> None:
    assert (await client.get("/health/ready")).status_code == 200
    await execute(
        postgres,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'sample_db'",
    )
    # The request that discovers the broken connection may be refused; the next one succeeds.
    first = await client.post("/notes/a")
    assert first.status_code in {201, 503}
    assert (await client.post("/notes/b")).status_code == 201
    assert (await client.get("/notes")).json() == (["a", "b"] if first.is_success else ["b"])


@pytest.mark.parametrize("host", ["127.0.0.1:9", "gone-with-its-container.invalid"])
async def test_an_unavailable_database_is_reported(tmp_path: Path, host: str) -> None:
    (tmp_path / "versions").mkdir()
    unreachable = SecretStr(f"postgresql+asyncpg://me:hush@{host}/db")
    app = create_app(
        "sample",
        Settings(environment="test"),
        features=[read],
        keys=KEY,
        database=configure_database(
            unreachable, service="sample", migrations=tmp_path, pool_size=1
        ),
    )
    async with client_of(app) as client:
        answer = await client.get("/notes")
        ready = await client.get("/health/ready")
    assert refusal(answer) == (503, "unavailable")
    assert ready.json() == {"status": "failing", "failing": ["database"]}


@pytest.mark.parametrize(
    ("sqlstate", "status"),
    [
        # Disk full, too many connections, statement timeout, recovery, input/output
        # error, deadlock, read-only.
        ("53100", 503),
        ("53300", 503),
        ("57014", 503),
        ("57P03", 503),
        ("58030", 503),
        ("40P01", 503),
        ("25006", 503),
        # Bugs: division by zero, missing table, missing privilege.
        ("22012", 500),
        ("42P01", 500),
        ("42501", 500),
    ],
)
async def test_outages_and_bugs_are_distinguished_by_sqlstate(
    client: httpx.AsyncClient, postgres: TemporaryCluster, sqlstate: str, status: int
) -> None:
    raising = f"BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END"
    for statement in (
        f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$",
        "CREATE TRIGGER failing BEFORE INSERT ON note EXECUTE FUNCTION fail()",
    ):
        await execute(postgres, statement, "sample_db")
    answer = await client.post("/notes/a")
    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)
    await execute(postgres, "DROP FUNCTION fail CASCADE", "sample_db")
    assert (await client.post("/notes/a")).status_code == 201
    assert (await client.get("/health/ready")).status_code == 200


async def test_reads_on_the_bare_connection_report_an_outage(url: str, tmp_path: Path) -> None:
    """A starting server's answer to a new connection is SQLAlchemy's
    error instead of the driver's."""
    refused = url.replace("postgres:", "no_such_role:", 1)
    config = configure_database(
        SecretStr(refused), service="sample", migrations=tmp_path, pool_size=1
    )
    with pytest.raises(DatabaseUnavailable):
        await config.get_engine().raw_connection()


async def test_a_read_only_database_is_not_ready_but_can_be_read(
    client: httpx.AsyncClient, postgres: TemporaryCluster
) -> None:
    await execute(postgres, "ALTER DATABASE sample_db SET default_transaction_read_only = on")
    assert (await client.get("/notes")).json() == []
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()["failing"]) == (503, ["database"])
    assert (await client.post("/notes/a")).json()["code"] == "unavailable"


async def test_a_full_disk_is_not_ready_until_there_is_space(
    small_disk: Path, client: httpx.AsyncClient
) -> None:
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert (await client.post("/notes/a")).json()["code"] == "unavailable"
    for _ in range(2):
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["failing"]) == (503, ["database"])
    assert (await client.get("/notes")).json() == []
    ballast.unlink()
    assert (await client.get("/health/ready")).status_code == 200
    assert (await client.post("/notes/b")).status_code == 201


@pytest.fixture
async def small_disk(
    url: str,  # noqa: ARG001 (it has to be there)
    postgres: TemporaryCluster,
) -> AsyncGenerator[Path, None]:
    """The disk of the sample's database: a separate file system in memory."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    assert postgres.cluster.account is not None
    with mounted(postgres.cluster.data.parent / "small") as folder:
        shutil.chown(folder, postgres.cluster.account.name)
        await execute(postgres, f"CREATE TABLESPACE small LOCATION '{folder}'")
        await execute(postgres, "ALTER DATABASE sample_db SET TABLESPACE small")
        yield folder
        await execute(postgres, "DROP DATABASE sample_db WITH (FORCE)")
        await execute(postgres, "DROP TABLESPACE small")


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    command = ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["/usr/bin/umount", folder], check=True)


def write_scripts(versions: Path) -> None:
    """Write two empty migrations."""
    versions.mkdir()
    for revision, before in ((OLDER, None), (HEAD, OLDER)):
        script = SCRIPT.format(revision=revision, before=before)
        (versions / f"{revision}.py").write_text(script)


async def execute(postgres: TemporaryCluster, statement: str, database: str = "postgres") -> None:
    """Execute a statement as the administrator."""
    admin = create_async_engine(
        postgres.cluster.url(database).replace("postgresql://", "postgresql+asyncpg://"),
        isolation_level="AUTOCOMMIT",
    )
    async with admin.connect() as connection:
        await connection.execute(text(statement))
    await admin.dispose()
