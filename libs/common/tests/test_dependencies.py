import asyncio
from collections.abc import AsyncGenerator

import httpx
import pytest
from litestar import get
from litestar.di import NamedDependency, Provide

from tests.fixtures.cast import ALICE, SigningKey
from tests.fixtures.clients import client_of
from transcendence_common.app import create_app
from transcendence_common.identity import Player
from transcendence_common.settings import Settings


def one_task_id() -> int:
    return id(asyncio.current_task())


def other_task_id() -> int:
    return id(asyncio.current_task())


@get("/tasks")
async def compare_tasks(one: NamedDependency[int], other: NamedDependency[int]) -> bool:
    return one == other == id(asyncio.current_task())


@get("/opened")
async def use_opened(
    a_session: NamedDependency[str], player: NamedDependency[Player]
) -> dict[str, str]:
    return {"opened": a_session, "for": player.name}


@pytest.fixture
def opened() -> list[str]:
    """The sessions that were opened."""
    return []


@pytest.fixture
async def client(
    signing_key: SigningKey, opened: list[str]
) -> AsyncGenerator[httpx.AsyncClient, None]:
    async def open_session() -> AsyncGenerator[str, None]:
        opened.append("session")
        yield "session"

    app = create_app(
        "sample",
        Settings(environment="test"),
        features=[compare_tasks, use_opened],
        keys=signing_key,
        dependencies={
            "one": Provide(one_task_id, sync_to_thread=False),
            "other": Provide(other_task_id, sync_to_thread=False),
            "a_session": Provide(open_session),
        },
    )
    async with client_of(app) as client:
        yield client


async def test_dependencies_are_resolved_in_the_task_of_the_request(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/tasks")).json() is True


async def test_no_session_is_opened_for_a_request_that_another_dependency_refuses(
    client: httpx.AsyncClient, opened: list[str]
) -> None:
    assert (await client.get("/opened")).status_code == 401
    assert opened == []


async def test_a_handler_gets_its_session_and_the_other_dependencies(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/opened", headers=ALICE.headers)
    assert answer.json() == {"opened": "session", "for": "Alice"}
