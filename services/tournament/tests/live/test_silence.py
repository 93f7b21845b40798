"""Clients that answer no beats are disconnected, unless there are no beats to answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic
from uuid import uuid4

from demo import wire
from pong.court import LEFT, RIGHT, RULES_VERSION
from pong.engine import new_match
from pong.log import Recording
from services.tournament.tests.live.network import Network
from tournament.live.connection import SILENCE_LIMIT_SECONDS
from tournament.live.live_match import MatchRules
from tournament.live.protocol import CloseCode
from tournament.live.running_match import RestoredMatch, RunningMatch, Seating


@asynccontextmanager
async def two_at(match: RunningMatch) -> AsyncGenerator[tuple[Network, Network], None]:
    networks = Network(), Network()
    tasks = {
        asyncio.create_task(match.serve_player(side, *network.ends()))
        for side, network in zip((LEFT, RIGHT), networks, strict=True)
    }
    await networks[0].until(lambda: match.live.begun)
    yield networks
    for network in networks:
        network.hang_up()
    await asyncio.wait(tasks)


def new_running_match() -> RunningMatch:
    return RunningMatch(
        RestoredMatch(
            id=uuid4(),
            fence=1,
            rules=MatchRules(RULES_VERSION, seed=1, points=3),
            seating=Seating(uuid4(), uuid4()),
            absences=(3, 3),
            begun=False,
            state=new_match(1, 3),
            recording=Recording(),
        )
    )


async def how_closed(network: Network) -> int | None:
    await network.until(lambda: network.closed is not None)
    return network.closed


async def test_two_silent_clients_are_disconnected() -> None:
    match = new_running_match()
    async with two_at(match) as networks:
        match.check_connections(monotonic() + SILENCE_LIMIT_SECONDS + 1)
        assert [await how_closed(network) for network in networks] == [CloseCode.TOO_SLOW] * 2


async def test_silent_clients_stay_while_the_result_is_stored() -> None:
    match = new_running_match()
    async with two_at(match) as (left, right):
        left.say(wire.RESIGN_MESSAGE)
        await left.until(lambda: match.live.ending is not None)
        match.check_connections(monotonic() + SILENCE_LIMIT_SECONDS + 1)
        match.close(CloseCode.DONE, match.live.end_message())
        assert [await how_closed(network) for network in (left, right)] == [CloseCode.DONE] * 2
