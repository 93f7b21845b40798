"""Properties of every match, however it is played."""

from contextlib import suppress
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from pong.court import LEFT, NOBODY, RIGHT, STILL
from pong.engine import digest, new_match
from pong.log import InputLog, Recording, replay
from services.tournament.tests.live.by_hand import (
    SEED,
    SIDES,
    Follower,
    MatchByHand,
    digests_of,
)
from tests.fixtures.examples import examples
from tournament.live.live_match import InputSegment
from tournament.live.protocol import EndReason, MessageRefused
from tournament.live.restoring import pack_changes, replay_segment, unpack_changes

MOST_TICKS = 6_000

Happening = tuple[
    Literal["press", "blip", "tab", "stop", "stall", "store", "fail"], int, int, int, int
]
"""An event: what, how many ticks after the previous one, on which side, how far from the
clock, and with which keys."""

pressing = st.tuples(
    st.just("press"),
    st.sampled_from([0, 0, 1, 2, 5, 20, 60]),
    st.sampled_from(SIDES),
    st.integers(-12, 30),
    st.sampled_from([-1, 0, 1]),
)
interrupting = st.tuples(
    st.sampled_from(["blip", "tab", "stop", "stall"]),
    st.integers(0, 90),
    st.sampled_from(SIDES),
    st.just(0),
    st.just(0),
)
storing = st.tuples(
    st.sampled_from(["store", "fail"]),
    st.integers(0, 40),
    st.sampled_from(SIDES),
    st.just(0),
    st.just(0),
)
any_match = st.lists(st.one_of(pressing, pressing, pressing, interrupting, storing), max_size=60)


def play(
    happenings: list[Happening],
    match: MatchByHand,
    stored: list[InputSegment],
    *,
    to_the_end: bool = True,
) -> None:
    """Play a match with lost and restored connections, interruptions of the server, and stalls."""
    for what, pause, side, ahead, keys in happenings:
        match.wait_ticks(pause)
        if what == "press":
            with suppress(MessageRefused):
                match.press(side, max(match.clock + ahead, 0), keys)
        elif what == "blip":
            match.go(side)
            match.come(side)
        elif what == "tab":
            match.come(side)
        elif what == "stall":
            match.ticks += pause
        elif what == "stop":
            match.live.suspend(match.now)
            match.live.resume(match.now)
        else:
            segment = match.live.unstored_segment()
            if segment is not None and what == "store":
                stored.append(segment)
                match.live.mark_stored(segment)
    while to_the_end and match.live.ending is None and match.live.state.tick < MOST_TICKS:
        match.wait(10)


def begun() -> MatchByHand:
    match = MatchByHand(absences=(200, 200))
    match.round_trips = {LEFT: 0.08, RIGHT: 0.02}
    match.begin()
    return match


def any_played(happenings: list[Happening]) -> tuple[MatchByHand, list[InputSegment]]:
    match = begun()
    stored: list[InputSegment] = []
    play(happenings, match, stored)
    return match, stored


@settings(max_examples=examples(40))
@given(any_match)
def test_confirmed_ticks_never_change(happenings: list[Happening]) -> None:
    match = begun()
    seen: dict[int, int] = {}

    def look() -> None:
        state = match.live.state
        assert seen.setdefault(state.tick, digest(state)) == digest(state)

    match.after_each_tick = look
    play(happenings, match, [])
    digests = digests_of(match.live.key_changes, match.live.state.tick)
    assert {tick: digests[tick] for tick in seen} == seen


@settings(max_examples=examples(40))
@given(any_match)
def test_reading_the_state_at_every_tick_changes_no_message(happenings: list[Happening]) -> None:
    """Ticks are simulated when their result is needed, and then at the latest."""
    unread, read = begun(), begun()
    read.after_each_tick = lambda: read.live.state
    for match in (unread, read):
        play(happenings, match, [])
    assert unread.ears.heard == read.ears.heard
    assert unread.live.state == read.live.state
    assert unread.live.key_changes == read.live.key_changes


@settings(max_examples=examples(40))
@given(any_match)
def test_the_log_replays_to_the_same_end(happenings: list[Happening]) -> None:
    match, _ = any_played(happenings)
    state, ending = match.live.state, match.live.ending
    log = InputLog(state.tick, match.live.key_changes)
    if ending is not None and ending.reason is EndReason.POINTS:
        outcome = replay("online", None, SEED, 3, log)
    else:
        outcome = replay("online", None, SEED, 3, log, forfeited_by=LEFT)
    assert outcome.digest == digest(state)
    assert (outcome.left_score, outcome.right_score) == (state.left_score, state.right_score)


@settings(max_examples=examples(40))
@given(any_match)
def test_a_client_that_simulates_its_messages_has_the_same_match(
    happenings: list[Happening],
) -> None:
    match, _ = any_played(happenings)
    for who in (NOBODY, LEFT, RIGHT):
        follower = Follower(who)
        follower.state = new_match(SEED, 3)
        follower.hear(match.ears.heard[who])
        assert follower.beats


@settings(max_examples=examples(40))
@given(any_match, any_match)
def test_a_spectator_who_joins_late_has_the_same_match(
    before: list[Happening], after: list[Happening]
) -> None:
    match = begun()
    play(before, match, [], to_the_end=False)
    late = Follower()
    late.hear(match.introduction())
    missed = len(match.ears.heard[NOBODY])
    play(after, match, [])
    late.hear(match.ears.heard[NOBODY][missed:])
    assert late.state.tick <= match.live.state.tick


@settings(max_examples=examples(40))
@given(any_match)
def test_stored_stretches_are_complete_and_without_gaps(happenings: list[Happening]) -> None:
    match, stored = any_played(happenings)
    rest = match.live.unstored_segment()
    segments = stored if rest is None else [*stored, rest]
    assert [each.from_tick for each in segments] == [
        0,
        *(each.through_tick for each in segments[:-1]),
    ]
    assert segments[-1].through_tick == match.live.state.tick
    assert [change for each in segments for change in each.changes] == match.live.key_changes
    for each in segments:
        assert all(each.from_tick <= tick < each.through_tick for tick, _, _ in each.changes)


@settings(max_examples=examples(40))
@given(any_match)
def test_the_next_owner_continues_the_match_as_it_was_stored(happenings: list[Happening]) -> None:
    match, stored = any_played(happenings)
    digests = digests_of(match.live.key_changes, match.live.state.tick)
    state, recording = new_match(SEED, 3), Recording()
    for segment in stored:
        replay_segment(
            state,
            recording,
            segment._replace(changes=unpack_changes(pack_changes(segment.changes))),
        )
        assert state.tick == segment.through_tick
        assert digest(state) == digests[state.tick]
    assert recording.changes == [each for each in match.live.key_changes if each[0] < state.tick]
    held = recording.changes[-1][1:] if recording.changes else (STILL, STILL)
    assert (recording.left, recording.right) == held
