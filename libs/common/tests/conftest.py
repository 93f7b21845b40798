from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import httpx
import msgspec
import pytest
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from tests.fixtures.cast import SigningKey
from tests.fixtures.clients import Serve, client_of
from transcendence_common.app import create_app
from transcendence_common.health import ReadinessCheck
from transcendence_common.identity import Player
from transcendence_common.problems import Conflict, Unavailable
from transcendence_common.settings import Settings


class Note(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
    stars: int


class SeatTaken(Conflict):
    """A conflict with its own code."""

    code = "seat_taken"

    def __init__(self, seat: int) -> None:
        super().__init__(f"Seat {seat} is taken.")


@get("/notes/{note_id:int}")
async def read_note(note_id: FromPath[int]) -> dict[str, int]:
    return {"id": note_id}


@get("/latest-notes")
async def list_notes(limit: FromQuery[int]) -> dict[str, int]:
    return {"limit": limit}


@post("/notes")
async def write_note(data: JSONBody[Note]) -> Note:
    return data


@get("/me")
async def who_am_i(player: NamedDependency[Player]) -> dict[str, str]:
    return {"name": player.name}


@get("/visitor")
async def who_if_anyone(visitor: NamedDependency[Player | None]) -> dict[str, str | None]:
    return {"name": visitor.name if visitor else None}


@get("/taken")
async def take_seat() -> None:
    raise SeatTaken(7)


@get("/away")
async def ask_who_is_away() -> None:
    raise Unavailable("The other service is not answering.")


@get("/bug")
async def fall_over() -> None:
    raise RuntimeError("a secret that only the log may see")


SAMPLE: list[ControllerRouterHandler] = [
    read_note,
    list_notes,
    write_note,
    who_am_i,
    who_if_anyone,
    take_seat,
    ask_who_is_away,
    fall_over,
]


@pytest.fixture
def serve(signing_key: SigningKey) -> Serve:
    def serve_sample(
        features: Sequence[ControllerRouterHandler] = SAMPLE,
        settings: Settings | None = None,
        checks: dict[str, ReadinessCheck] | None = None,
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return client_of(
            create_app(
                "sample",
                settings or Settings(environment="test"),
                features=features,
                keys=signing_key,
                api_path="/api/sample",
                checks=checks,
            )
        )

    return serve_sample


@pytest.fixture
async def client(serve: Serve) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with serve() as client:
        yield client
