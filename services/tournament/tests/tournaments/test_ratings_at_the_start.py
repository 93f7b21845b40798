"""Ratings are requested from history again at the start; if it does not answer,
those of the entry remain."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Response, post
from litestar.params import HeaderParameter, JSONBody
from litestar.status_codes import HTTP_200_OK

from services.tournament.tests.tournaments.organising import Attendee, Hall, hall_of
from tests.fixtures.cast import KEY, SigningKey
from tests.fixtures.sockets import served
from tournament.history import RATINGS_TIMEOUT_SECONDS
from transcendence_common.service_identity import INTERNAL_PATH, SERVICE_TOKENS_PATH

Answer = Response[Any] | Awaitable[Response[Any]]
Answers = Callable[[list[UUID]], Answer]
TOKEN = "from-auth"


@asynccontextmanager
async def hall_beside(
    answers: Answers, db: SQLAlchemyAsyncConfig, key: SigningKey
) -> AsyncGenerator[tuple[Hall, list[list[UUID]]], None]:
    """Yield the service with an auth for tokens and a history with these answers, and the
    list of requested players."""
    asked: list[list[UUID]] = []

    @post(f"{INTERNAL_PATH}{SERVICE_TOKENS_PATH}", status_code=HTTP_200_OK)
    async def token() -> dict[str, object]:
        return {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 60}

    @post(f"{INTERNAL_PATH}/ratings", status_code=HTTP_200_OK)
    async def ratings(
        data: JSONBody[dict[str, list[UUID]]],
        authorization: Annotated[str, HeaderParameter(name="Authorization")],
    ) -> Response[Any]:
        assert authorization == f"Bearer {TOKEN}"
        asked.append(data["player_ids"])
        answer = answers(data["player_ids"])
        return answer if isinstance(answer, Response) else await answer

    async with (
        served(Litestar([token, ratings])) as url,
        hall_of(db, key, history_url=url, auth_url=url) as hall,
    ):
        yield hall, asked


def rising(player_ids: list[UUID]) -> Response[Any]:
    """Return ratings that increase with the order of entering."""
    return Response(
        {
            "items": [
                {"player_id": str(each), "rating": 1600 + number, "deviation": 45.5}
                for number, each in enumerate(player_ids)
            ]
        }
    )


async def late(player_ids: list[UUID]) -> Response[Any]:
    await asyncio.sleep(RATINGS_TIMEOUT_SECONDS + 1)
    return rising(player_ids)


async def started_with(hall: Hall, *people: Attendee, **wish: object) -> str:
    alice = hall.player("Alice")
    tournament_id = await alice.opened(**wish)
    await hall.put_in(tournament_id, *people, ratings=[1700 - each for each in range(len(people))])
    answer = await alice.start(tournament_id)
    assert answer.status_code == 200, answer.text
    return tournament_id


async def test_all_players_are_requested_together_and_seeded_by_the_answers(
    db: SQLAlchemyAsyncConfig,
) -> None:
    async with hall_beside(rising, db, KEY) as (hall, asked):
        people = hall.players("Bob", "Cleo", "Dan")
        tournament_id = await started_with(hall, *people)
        assert asked == [[each.id for each in people]]
        found = {each.name: each for each in await hall.entries(tournament_id)}
        assert {name: each.seed for name, each in found.items()} == {"Bob": 3, "Cleo": 2, "Dan": 1}
        assert (found["Dan"].rating, found["Dan"].deviation) == (1602, 45.5)


async def test_only_players_who_would_take_part_are_requested(db: SQLAlchemyAsyncConfig) -> None:
    async with hall_beside(rising, db, KEY) as (hall, asked):
        alice, bob, cleo, dan, eve = hall.players("Alice", "Bob", "Cleo", "Dan", "Eve")
        tournament_id = await alice.opened(
            size=2, starts_at=hall.in_minutes(5), check_in_minutes=10
        )
        await hall.put_in(tournament_id, bob, checked_in=True)
        await hall.put_in(tournament_id, cleo)
        await hall.put_in(tournament_id, dan, eve, state="waiting", checked_in=True)
        await bob.start(tournament_id)
        assert asked == []
        await alice.start(tournament_id)
        assert asked == [[bob.id, dan.id]]


async def test_a_player_without_a_rating_keeps_the_one_of_the_entry(
    db: SQLAlchemyAsyncConfig,
) -> None:
    async with hall_beside(lambda ids: rising(ids[:1]), db, KEY) as (hall, _):
        tournament_id = await started_with(hall, *hall.players("Bob", "Cleo"))
        assert [each.rating for each in await hall.entries(tournament_id)] == [1600, 1699]


async def test_no_rating_is_requested_for_hotseat(db: SQLAlchemyAsyncConfig) -> None:
    async with hall_beside(rising, db, KEY) as (hall, asked):
        await hall.player("Alice").at_home("Ann", "Ben")
        assert asked == []


@pytest.mark.parametrize(
    "answers",
    [
        late,
        lambda _: Response({"detail": "broken"}, status_code=500),
        lambda _: Response({"items": [{"player_id": "x", "rating": 1, "deviation": 1}]}),
        lambda _: Response({"items": [{"rating": 1, "deviation": 1}]}),
        lambda ids: Response(
            {"items": [{"player_id": str(ids[0]), "rating": 1e300, "deviation": 60}]}
        ),
        lambda _: Response(b"\xff", media_type="application/json"),
        lambda _: Response(None, status_code=302, headers={"Location": "/elsewhere"}),
    ],
)
async def test_an_unavailable_history_changes_no_rating(
    answers: Answers, db: SQLAlchemyAsyncConfig
) -> None:
    async with hall_beside(answers, db, KEY) as (hall, _):
        tournament_id = await started_with(hall, *hall.players("Bob", "Cleo"))
        entries = await hall.entries(tournament_id)
        assert [(each.seed, each.rating, each.deviation) for each in entries] == [
            (1, 1700, 50),
            (2, 1699, 50),
        ]
