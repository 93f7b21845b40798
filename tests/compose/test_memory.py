"""Many large requests at once fit into a container's memory, or are
rejected with a request to retry."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from contracts.history.matches import MAX_CHANGES
from pong.log import InputLog
from tests.fixtures.composed import ComposedPlatform
from tests.platform.players import Account, client_at, register

# Three times the number that exceeded the container's memory before uploads were limited.
AT_ONCE = 120
SECONDS = 60
LONGEST = InputLog(MAX_CHANGES, [(tick, tick % 2, 0) for tick in range(MAX_CHANGES)])


@pytest.fixture
async def player(composed: ComposedPlatform) -> AsyncGenerator[Account, None]:
    async with client_at(composed.url, SECONDS) as client:
        yield await register(client)


async def test_many_longest_logs_in_parallel_do_not_exhaust_history(
    composed: ComposedPlatform, player: Account
) -> None:
    """The requests bypass the gateway, which lets one player submit only a few at once."""
    history = composed.container("history")
    started = composed.inspect(history)["State"]["StartedAt"]
    ticket = (await player.ticket(mode="local", opponent_name="Bob"))["ticket"]
    async with client_at(composed.service_url("history"), SECONDS) as inside:
        sender = replace(player, client=inside)
        answers = await asyncio.gather(*(sender.submit(ticket, LONGEST) for _ in range(AT_ONCE)))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (422, "log_too_fast"),
        (503, "busy"),
    }
    state = composed.inspect(history)["State"]
    assert (state["OOMKilled"], state["StartedAt"]) == (False, started)


async def test_one_player_can_submit_only_a_few_logs_at_once(player: Account) -> None:
    ticket = (await player.ticket(mode="local", opponent_name="Bob"))["ticket"]
    answers = await asyncio.gather(*(player.submit(ticket, LONGEST) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {422, 429}
