import asyncio
from collections.abc import Mapping

import pytest

from tests.fixtures.clients import Serve
from transcendence_common import health


async def holds() -> None:
    return


async def fails() -> None:
    raise ConnectionRefusedError("postgresql://user:password@host")


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_liveness_checks_nothing_else(serve: Serve) -> None:
    async with serve(checks={"database": fails}) as client:
        assert (await client.get("/health/live")).json()["status"] == "ok"


async def test_readiness_names_failing_checks_only(serve: Serve) -> None:
    async with serve(checks={"database": fails, "keys": holds}) as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "failing": ["database"]}


async def test_a_hanging_check_fails(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_SECONDS", 0.01)
    async with serve(checks={"database": hangs}) as client:
        assert (await client.get("/health/ready")).status_code == 503


WATCHMAN: Mapping[str, tuple[str, int, dict[str, object]]] = {
    "everything": ("/watchman/", 500, {
        "databases": [{"default": {"ok": False, "error": "ConnectionRefusedError"}}],
        "keys": [{"default": {"ok": True}}],
    }),
    "one skipped": ("/watchman/?skip=watchman.checks.databases", 200, {
        "keys": [{"default": {"ok": True}}],
    }),
    "one asked": ("/watchman/?check=watchman.checks.databases", 500, {
        "databases": [{"default": {"ok": False, "error": "ConnectionRefusedError"}}],
    }),
    "both skipped": (
        "/watchman/?skip=watchman.checks.databases&skip=watchman.checks.keys", 200, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "status", "body"), WATCHMAN.values(), ids=WATCHMAN)
async def test_watchman_answers_in_its_own_format(
    serve: Serve, path: str, status: int, body: dict[str, object]
) -> None:
    async with serve(checks={"database": fails, "key": holds}) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert answer.json() == body
