"""Texts of drivers and libraries are logged without the values in them."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest
import structlog
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from launcher.temporary import TemporaryCluster
from libs.common.tests.log_of_sample import LogFile
from tests.fixtures.cast import ALICE
from tests.fixtures.ecs import faults
from transcendence_common.log_secrets import mask_secrets
from transcendence_common.logging import logging_config
from transcendence_common.settings import Settings

EMAIL = "alice@example.org"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
NOTE = f"{EMAIL}\nor a second line"
RANDOM = "Zk3vJ9Qx_b7TtYw2LmN4pRs8-uVcXeAaDfGhKiOq1"


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    settings = Settings(environment="test", log_dir=tmp_path)
    Litestar(logging_config=logging_config("sample", settings))
    return LogFile(tmp_path)


def stack_of(log: LogFile, error: BaseException) -> str:
    structlog.get_logger("sample").error("unexpected error", exc_info=error)
    line = log.lines()[-1]
    assert faults(line) == []
    assert line["error"]["type"] == type(error).__name__
    stack: str = line["error"]["stack_trace"]
    assert stack.startswith("Traceback") or "ExceptionGroup" in stack
    return stack


@pytest.fixture
async def connection(postgres: TemporaryCluster) -> AsyncGenerator[asyncpg.Connection, None]:
    connection = await asyncpg.connect(postgres.cluster.url())
    await connection.execute(
        "CREATE TEMPORARY TABLE person (email text UNIQUE, hash text, age int)"
    )
    yield connection
    await connection.close()


async def refused(
    connection: asyncpg.Connection, statement: str, *values: object
) -> asyncpg.PostgresError | asyncpg.InterfaceError:
    """Return the exception, by the second time at the latest."""
    try:
        await connection.execute(statement, *values)
        await connection.execute(statement, *values)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as refusal:
        return refusal
    pytest.fail("it was not refused")


async def test_the_value_of_a_duplicate_key_is_not_logged(
    log: LogFile, connection: asyncpg.Connection
) -> None:
    statement = "INSERT INTO person VALUES ($1, $2)"
    error = await refused(connection, statement, NOTE, HASH)
    assert EMAIL in str(error)
    stack = stack_of(log, error)
    assert "person_email_key" in stack
    for value in ("alice", "second line", "argon2"):
        assert value not in log.text()


async def test_a_value_in_a_group_or_a_cause_of_an_error_is_not_logged(
    log: LogFile, connection: asyncpg.Connection
) -> None:
    error = RuntimeError("not stored")
    error.__cause__ = await refused(connection, "INSERT INTO person VALUES ($1)", NOTE)
    stack = stack_of(log, ExceptionGroup("of several", [error, ValueError("another")]))
    assert "person_email_key" in stack
    assert "alice" not in stack
    assert "second line" not in stack


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("SELECT $1::int", "alices secret"),
        ("SELECT 'alices secret'::int", None),
        ("SELECT ('alices secret'::text)::uuid", None),
        ("SELECT ('\"alices secret\"'::text)::json::text::int", None),
    ],
)
async def test_the_value_of_a_violated_constraint_is_not_logged(
    log: LogFile, connection: asyncpg.Connection, statement: str, value: str | None
) -> None:
    error = await refused(connection, statement, *([value] if value else []))
    stack = stack_of(log, error)
    assert "invalid input" in stack
    assert "alices secret" not in stack


async def test_parameters_are_not_logged_even_if_the_engine_does_not_hide_them(
    log: LogFile, postgres: TemporaryCluster
) -> None:
    engine = create_async_engine(postgres.cluster.url().replace("://", "+asyncpg://", 1))
    async with engine.connect() as connection:
        with pytest.raises(Exception) as refusal:  # noqa: PT011 - SQLAlchemy's own class
            await connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": RANDOM[:9]})
    await engine.dispose()
    stack = stack_of(log, refusal.value)
    assert "nowhere" in stack
    assert RANDOM[:9] not in stack


async def test_the_query_of_an_address_is_not_logged(log: LogFile) -> None:
    request = httpx.Request("GET", f"https://id.example.org/token?code={RANDOM}&state=x")
    error = httpx.HTTPStatusError("x", request=request, response=httpx.Response(400))
    try:
        httpx.Response(400, request=request).raise_for_status()
    except httpx.HTTPStatusError as raised:
        error = raised
    stack = stack_of(log, error)
    assert "https://id.example.org/token?<query>" in stack
    assert RANDOM not in log.text()
    assert "state=x" not in log.text()


def test_a_secret_value_that_msgspec_refuses_is_not_logged(log: LogFile) -> None:
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.convert({"to": EMAIL}, dict[str, int])
    stack_of(log, refusal.value)
    assert EMAIL not in log.text()


def test_a_stack_trace_is_still_useful(log: LogFile) -> None:
    async def work() -> None:
        raise LookupError("no such match: 7")

    try:
        asyncio.run(work())
    except LookupError as error:
        stack = stack_of(log, error)
    assert 'test_log_secrets.py", line' in stack
    assert 'raise LookupError("no such match: 7")' in stack
    assert stack.endswith("LookupError: no such match: 7")


def test_secrets_in_texts_of_libraries_are_removed(log: LogFile) -> None:
    for said in (
        f"550 5.1.1 <{EMAIL}>: Recipient address rejected",
        f"cannot connect to postgresql://auth:{RANDOM}@db/auth",
        f'GET /reset?token={RANDOM} HTTP/1.1" 400',
        f"Authorization: Bearer {ALICE.token}",
        f"Authorization: Basic {'dG91cm5hbWVudDpzZWNyZXQ='}",
        f"bad token {ALICE.token}",
        f"hash {HASH} is none of ours",
        f"KeyError: '{RANDOM}'",
    ):
        structlog.get_logger("sample").warning(
            said, **{"error.message": said, "event.reason": said}
        )
    for value in (EMAIL, RANDOM, ALICE.token, "dG91cm5hbWVudDpzZWNyZXQ=", "aGFzaA"):
        assert value not in log.text()
    assert "550 5.1.1 <<address>>: Recipient address rejected" in log.text()


@pytest.mark.parametrize(
    "plain",
    [
        "request served",
        "Waiting for application startup.",
        "Exception while processing entrypoint/job-id: mail/7",
        'File "/app/.venv/lib/python3.11/site-packages/litestar/middleware/exceptions.py", line 158, in __call__',
        "0123456789abcdef0123456789abcdef",
        "019a9a3c-8a52-7c1e-9a3d-0f5c8f2b6c11",
        "test_a_value_in_a_group_or_a_cause_of_an_error_is_not_logged",
        "The Authorization header must be a Bearer token.",
        "Is it? Yes=no",
        "connect to 127.0.0.1:5432 failed",
        '    @get("/notes/{note_id:int}")',
    ],
)
def test_texts_without_secrets_are_unchanged(plain: str) -> None:
    assert mask_secrets(plain) == plain


@pytest.mark.parametrize("part", ["a", "aA-", "a@b-"])
def test_a_long_text_is_scanned_in_linear_time(part: str) -> None:
    """A scan that restarts at each letter would take hours for a million of
    them and block the event loop."""
    program = (
        "from transcendence_common.log_secrets import mask_secrets\n"
        f"mask_secrets({part!r} * (1_000_000 // {len(part)}))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
