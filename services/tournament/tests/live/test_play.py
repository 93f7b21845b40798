"""Two players in a live match, through real sockets."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from demo import wire
from pong.court import DOWN, LEFT, NOBODY, RIGHT, UP
from services.tournament.tests.live.match_host_under_test import (
    MatchOfTwo,
    refusal,
    results_in_outbox,
)
from tests.fixtures.cast import CHARLIE
from tests.fixtures.patience import PATIENCE_SECONDS
from transcendence_common.ids import new_id

pytestmark = pytest.mark.usefixtures("quick")


async def test_a_match_begins_when_both_are_connected(match: MatchOfTwo) -> None:
    async with match.client(match.alice) as first:
        await first.has_been_in(wire.WAITING)
        async with match.client(match.bob) as second:
            for client in (first, second):
                await client.has_been_in(wire.COUNTDOWN)
                await client.has_been_in(wire.PLAYING)
            beats = [await client.beat_after(30) for client in (first, second)]
            assert beats[0].tick == beats[1].tick
            assert beats[0].digest == beats[1].digest
            assert min(beats[0].left_rtt, beats[0].right_rtt) < 1_000
            assert {first.side, second.side} == {LEFT, RIGHT}
            kinds = [type(each) for each in second.heard[:3]]
            assert kinds == [wire.Welcome, wire.Snapshot, wire.Phase]


async def test_keys_are_sent_to_the_opponent_and_spectators(match: MatchOfTwo) -> None:
    async with (
        match.playing() as (left, right),
        match.client(None, "watch") as spectator,
    ):
        assert (await spectator.hears(wire.Welcome)).side == NOBODY
        tick = left.clock
        await left.press(tick, UP)
        for client in (right, spectator):
            assert await client.hears(wire.Keys) == wire.Keys(tick, LEFT, UP)
        await right.beat_after(30)
        await right.press(0, DOWN)
        late = await right.hears(wire.Late)
        assert (late.asked, late.keys) == (0, DOWN)
        beats = [await each.beat_after(tick + 1) for each in (left, right, spectator)]
        assert {beat.digest for beat in beats} == {beats[0].digest}
        assert (beats[0].left_heard_before, beats[0].right_heard_before) == (tick + 1, 1)


async def test_strangers_and_anonymous_visitors_cannot_play(match: MatchOfTwo) -> None:
    async with match.client(None, "watch"):
        assert await match.refusal(CHARLIE) == (403, "not_your_match")
        assert await match.refusal(None) == (401, "not_signed_in")
        assert await refusal(match.url, new_id(), match.alice) == (404, "not_found")
        assert await refusal(match.url, new_id(), None, "watch") == (404, "not_found")


async def test_a_second_tab_takes_over_without_a_pause(match: MatchOfTwo) -> None:
    async with match.playing() as (left, right):
        owner = await match.on_the_left()
        right.forget()
        async with match.client(owner) as tab:
            assert await left.is_closed() == wire.TAKEN_OVER
            phase = await tab.hears(wire.Phase)
            assert (phase.phase, phase.left_absences) == (wire.PLAYING, 3)
            tick = (await tab.hears(wire.Beat)).tick + 60
            await tab.press(tick, UP)
            assert await right.hears(wire.Keys) == wire.Keys(tick, LEFT, UP)
            assert right.all(wire.Phase) == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("text", wire.MALFORMED),
        (wire.keys_message(2**32 - 1, UP), wire.OUT_OF_ORDER),
    ],
)
async def test_an_invalid_message_disconnects_its_sender_and_not_the_opponent(
    match: MatchOfTwo, frame: bytes | str, code: int
) -> None:
    async with match.playing() as (left, right):
        owner = await match.on_the_left()
        right.forget()
        await left.socket.send(frame)
        assert await left.is_closed() == code
        away = await right.has_been_in(wire.AWAY)
        assert (away.left_here, away.left_absences, away.right_absences) == (0, 2, 3)
        async with match.client(owner):
            assert (await right.has_been_in(wire.PLAYING)).tick == away.tick
            await right.beat_after(away.tick + 1)
            assert right.closed is None


async def test_a_reload_continues_with_the_same_score(match: MatchOfTwo) -> None:
    async with match.playing() as (left, right):
        owner = await match.on_the_left()
        tick = left.clock
        await left.press(tick, DOWN)
        await right.beat_after(tick + 1)
        right.forget()
        await left.socket.close()
        away = await right.has_been_in(wire.AWAY)
        there = await right.hears(wire.Snapshot)
        async with match.client(owner) as again:
            here = await again.hears(wire.Snapshot)
            assert wire.state_of(here) == wire.state_of(there)
            assert here.left_keys == DOWN
            assert (await again.has_been_in(wire.COUNTDOWN)).tick == away.tick
            assert (await again.has_been_in(wire.PLAYING)).tick == away.tick
            one, other = [await each.beat_after(away.tick + 1) for each in (again, right)]
            assert one.digest == other.digest


async def test_a_spectator_may_not_press_keys(match: MatchOfTwo) -> None:
    async with match.playing() as (left, _):
        for forbidden in (wire.keys_message(100, UP), wire.RESIGN_MESSAGE):
            async with match.client(match.alice, "watch") as spectator:
                await spectator.socket.send(forbidden)
                assert await spectator.is_closed() == wire.MALFORMED
        left.forget()
        await left.hears(wire.Beat)
        assert left.closed is None


async def test_the_number_of_spectators_is_limited(
    match: MatchOfTwo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tournament.live.running_match.MOST_SPECTATORS", 2)
    async with match.client(None, "watch") as first:
        async with match.client(None, "watch"):
            assert await match.refusal(None, "watch") == (429, "too_many_spectators")
        async with match.client(match.alice) as player:
            await player.hears(wire.Welcome)
        await first.hears(wire.Phase)


async def test_the_limit_holds_for_spectators_who_arrive_in_parallel(
    match: MatchOfTwo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tournament.live.running_match.MOST_SPECTATORS", 2)
    async with match.client(None, "watch"), AsyncExitStack() as stands:
        came = await asyncio.gather(
            *(stands.enter_async_context(match.client(None, "watch")) for _ in range(8)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, InvalidStatus) for each in came) == 7


async def test_the_end_is_announced_once_it_is_stored(match: MatchOfTwo) -> None:
    async with (
        match.client(None, "watch") as spectator,
        match.playing() as (left, right),
    ):
        tick = (await left.beat_after(30)).tick
        await right.socket.send(wire.RESIGN_MESSAGE)
        for client in (left, right, spectator):
            end = await client.hears(wire.End)
            assert (end.reason, end.winner) == (wire.FORFEIT, LEFT)
            assert end.tick >= tick
            assert await client.is_closed() == wire.DONE
        assert await match.row("state", "winner") == ("finished", LEFT)
        assert len(await results_in_outbox(match.db)) == 1
        assert await match.refusal(match.alice) == (409, "match_over")
        assert await match.refusal(None, "watch") == (409, "match_over")


async def test_a_client_that_answers_no_beat_counts_as_absent(
    match: MatchOfTwo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tournament.live.running_match.SILENCE_LIMIT_SECONDS", 1.2)
    async with match.playing() as (left, right):
        left.answers = False
        away = await right.has_been_in(wire.AWAY)
        assert (away.left_here, away.left_absences) == (0, 2)
        assert await left.is_closed() == wire.TOO_SLOW
        assert right.closed is None


async def test_one_of_many_parallel_tabs_remains(match: MatchOfTwo) -> None:
    tabs = [match.client(match.alice) for _ in range(5)]
    clients = await asyncio.gather(*(tab.__aenter__() for tab in tabs))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sum(client.closed == wire.TAKEN_OVER for client in clients) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert sum(client.closed is None for client in clients) == 1
    await asyncio.gather(*(tab.__aexit__(None, None, None) for tab in tabs))
