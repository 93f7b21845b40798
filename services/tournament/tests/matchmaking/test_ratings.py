"""Ratings of waiting players, which are requested from history once."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Response, get
from litestar.params import FromPath

from services.tournament.tests.matchmaking.lobby import Lobby, lobby_of
from tests.fixtures.cast import KEY, SigningKey
from tests.fixtures.sockets import served
from tournament.history import RATING_TIMEOUT_SECONDS

Answer = Response[Any] | Awaitable[Response[Any]]
Answers = Callable[[UUID], Answer]


@asynccontextmanager
async def lobby_beside(
    answers: Answers, db: SQLAlchemyAsyncConfig, key: SigningKey
) -> AsyncGenerator[tuple[Lobby, list[UUID]], None]:
    """Yield the service with a history that gives these answers, and the
    list of requested players."""
    asked: list[UUID] = []

    @get("/api/history/players/{player_id:uuid}/rating")
    async def rating(player_id: FromPath[UUID]) -> Response[Any]:
        asked.append(player_id)
        answer = answers(player_id)
        return answer if isinstance(answer, Response) else await answer

    async with served(Litestar([rating])) as url, lobby_of(db, key, history_url=url) as lobby:
        yield lobby, asked


def strong(_: UUID) -> Response[Any]:
    return Response({"rating": 1812.5, "deviation": 61.25, "provisional": False, "place": 3})


async def late(player_id: UUID) -> Response[Any]:
    await asyncio.sleep(RATING_TIMEOUT_SECONDS + 1)
    return strong(player_id)


async def test_the_rating_is_taken_from_history_once(db: SQLAlchemyAsyncConfig) -> None:
    async with lobby_beside(strong, db, KEY) as (lobby, asked):
        alice = lobby.guest("Alice")
        joined = (await alice.join()).json()
        assert (joined["rating"], joined["deviation"]) == (1812.5, 61.25)
        assert joined["provisional"] is False
        assert joined["reach"] == 161.25
        assert (await alice.join(11)).json()["rating"] == 1812.5
        assert asked == [alice.id]
        await alice.leave()
        await alice.join()
        assert asked == [alice.id, alice.id]


@pytest.mark.parametrize(
    "answers",
    [
        late,
        lambda _: Response({"detail": "broken"}, status_code=500),
        lambda _: Response({"rating": "high", "deviation": 60}),
        lambda _: Response({"rating": 1500}),
        lambda _: Response({"rating": 1e300, "deviation": 60}),
        lambda _: Response({"rating": 1500, "deviation": -1}),
        lambda _: Response(b"\xff", media_type="application/json"),
        lambda _: Response(None, status_code=302, headers={"Location": "/elsewhere"}),
    ],
)
async def test_a_player_counts_as_new_if_history_cannot_answer(
    answers: Answers, db: SQLAlchemyAsyncConfig
) -> None:
    async with lobby_beside(answers, db, KEY) as (lobby, _):
        joined = (await lobby.guest("Alice").join()).json()
        assert (joined["rating"], joined["deviation"]) == (1500, 350)
        assert joined["provisional"] is True
