"""Delivery of results to history, a stand-in here: its requests, and
the handling of its answers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Request, post
from litestar.datastructures import State
from litestar.response import Response

from pong.court import LEFT, UP
from services.tournament.tests.live.match_host_under_test import (
    match_row,
    new_match,
    results_in_outbox,
)
from services.tournament.tests.live.replicas import ReplicaByHand
from tests.fixtures.cast import ALICE, BOB
from tests.fixtures.sockets import served
from tournament.history import HistoryClient, ResultRefused
from transcendence_common.outbox import TemporaryFailure

SECRET = "only-for-tests-9876543210abcdefghij"
UNUSED_URL = "http://127.0.0.1:9"
BODY = b'{"match_id": "01a2"}'


@dataclass
class OtherServices:
    """Stands in for auth and history, and records history's requests."""

    status: int = 201
    auth_status: int = 200
    got: list[tuple[str, str, bytes]] = field(default_factory=list)

    def app(self) -> Litestar:
        @post("/internal/service-tokens")
        async def issue() -> Response[object]:
            token = {"access_token": "a token", "token_type": "Bearer", "expires_in": 60}
            return Response(token, status_code=self.auth_status)

        @post("/internal/matches")
        async def take(request: Request[None, None, State]) -> Response[None]:
            headers = request.headers
            body = await request.body()
            self.got.append((headers["authorization"], headers["content-type"], body))
            return Response(None, status_code=self.status)

        return Litestar([issue, take])


@pytest.fixture
def others() -> OtherServices:
    return OtherServices()


@pytest.fixture
async def history(others: OtherServices) -> AsyncGenerator[HistoryClient, None]:
    async with served(others.app()) as url, _history_at(url, url) as history:
        yield history


async def test_a_result_is_delivered_with_a_service_token(
    history: HistoryClient, others: OtherServices
) -> None:
    await history.deliver_result(BODY)
    assert others.got == [("Bearer a token", "application/json", BODY)]


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_any_success_status_counts_as_delivered(
    history: HistoryClient, others: OtherServices, status: int
) -> None:
    others.status = status
    await history.deliver_result(BODY)


@pytest.mark.parametrize("status", [500, 502, 503, 429, 401, 403, 404])
async def test_a_temporary_failure_is_retried(
    history: HistoryClient, others: OtherServices, status: int
) -> None:
    others.status = status
    with pytest.raises(TemporaryFailure, match=str(status)):
        await history.deliver_result(BODY)


@pytest.mark.parametrize("status", [400, 409, 413, 422])
async def test_a_refused_result_is_kept_for_an_operator(
    history: HistoryClient, others: OtherServices, status: int
) -> None:
    others.status = status
    with pytest.raises(ResultRefused, match=str(status)):
        await history.deliver_result(BODY)


async def test_no_result_is_delivered_without_a_token(
    history: HistoryClient, others: OtherServices
) -> None:
    others.auth_status = 503
    with pytest.raises(TemporaryFailure):
        await history.deliver_result(BODY)
    assert others.got == []


@pytest.mark.parametrize("away", ["auth", "history"])
async def test_an_unavailable_service_is_retried(others: OtherServices, away: str) -> None:
    async with served(others.app()) as url:
        auth = UNUSED_URL if away == "auth" else url
        other = UNUSED_URL if away == "history" else url
        async with _history_at(auth, other) as history:
            with pytest.raises(TemporaryFailure, match="history"):
                await history.deliver_result(BODY)


async def test_a_result_contains_what_history_needs_to_simulate_it(
    one: ReplicaByHand, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB, rated=True, points=5)
    await one.play(match_id, 40, (10, LEFT, UP))
    match = await one.end(match_id)
    match.live.right.keyboard.late = 7
    await one.match_store.store()
    [body] = await results_in_outbox(pooled_db)
    result = msgspec.json.decode(body)
    seed, left_id = await match_row(pooled_db, match_id, "seed", "left_id")
    left, right = (ALICE, BOB) if left_id == ALICE.id else (BOB, ALICE)
    assert result.pop("played_at").endswith("Z")
    [change] = result["inputs"]["changes"]
    assert change[1:] == [-1, 0]
    assert result == {
        "match_id": str(match_id),
        "rules": 1,
        "seed": seed,
        "points": 5,
        "rated": True,
        "delay": 1,
        "left": {"player_id": str(left.id), "name": left.name, "late": 0, "rtt_ms": 0},
        "right": {"player_id": str(right.id), "name": right.name, "late": 7, "rtt_ms": 0},
        "inputs": {"ticks": match.live.state.tick, "changes": [change]},
        "forfeited_by": "left",
    }
    assert UUID(result["match_id"]) == match_id


@asynccontextmanager
async def _history_at(auth_url: str, history_url: str) -> AsyncGenerator[HistoryClient, None]:
    history = HistoryClient(auth_url, history_url, SECRET)
    async with history.lifespan(Litestar()):
        yield history
