"""Beats: confirmed ticks, measured round trips, and clients whose state differs."""

import pytest

from demo import wire
from pong.court import LEFT, NOBODY, RIGHT, UP
from pong.engine import digest
from services.tournament.tests.live.by_hand import SIDES, MatchByHand, digests_of


@pytest.fixture
def match() -> MatchByHand:
    match = MatchByHand(points=21)
    match.begin()
    return match


def last_beat(match: MatchByHand) -> wire.Beat:
    return match.ears.all(wire.Beat)[-1]


def test_beats_come_twice_a_second_with_the_digest_of_the_confirmed_tick(
    match: MatchByHand,
) -> None:
    match.press(LEFT, match.clock + 10, UP)
    before = len(match.ears.all(wire.Beat))
    match.wait(10)
    beats = match.ears.all(wire.Beat)[before:]
    assert [beat.tick for beat in beats] == list(range(30, 600, 30))
    digests = digests_of(match.live.key_changes, match.live.state.tick, points=21)
    assert [beat.digest for beat in beats] == [digests[beat.tick] for beat in beats]


def test_beats_are_numbered(match: MatchByHand) -> None:
    match.wait(5)
    numbers = [beat.number for beat in match.ears.all(wire.Beat)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_beats_come_ten_times_a_second_in_the_countdown_and_once_while_paused() -> None:
    match = MatchByHand()
    match.come(LEFT)
    match.wait(10)
    waited = len(match.ears.all(wire.Beat))
    assert 9 <= waited <= 11
    match.come(RIGHT)
    match.wait(3)
    assert 25 <= len(match.ears.all(wire.Beat)) - waited <= 31


def test_the_clock_is_below_the_first_tick_in_the_countdown() -> None:
    match = MatchByHand()
    match.come(*SIDES)
    match.wait(3)
    clocks = [beat.clock / 256 for beat in match.ears.all(wire.Beat)]
    assert clocks[0] == pytest.approx(-179.5, abs=0.01)
    assert clocks == sorted(clocks)
    assert -8 < clocks[-1] < 0


def test_beats_continue_during_an_interruption(match: MatchByHand) -> None:
    match.live.suspend(match.now)
    before = len(match.ears.all(wire.Beat))
    match.wait(10)
    assert 9 <= len(match.ears.all(wire.Beat)) - before <= 11


def test_answers_measure_the_round_trip(match: MatchByHand) -> None:
    match.wait(1)
    beat = last_beat(match)
    sent = match.now
    match.answer(LEFT, *beat[:3], after=0.080)
    match.answer(RIGHT, *beat[:3], after=0.030)
    left, right = match.live.left.round_trips.usual, match.live.right.round_trips.usual
    assert left - right == pytest.approx(0.05)
    match.wait(1)
    told = last_beat(match)
    assert (told.left_rtt, told.right_rtt) == (round(left * 1000), round(right * 1000))
    assert match.now > sent


def test_answers_to_beats_that_were_never_sent_are_ignored(match: MatchByHand) -> None:
    match.wait(1)
    for number in (0, last_beat(match).number + 1, 65_535):
        match.answer(LEFT, number, 12, 34)
    assert match.live.left.round_trips.usual == 0
    assert match.live.desyncs == 0


def test_an_old_beat_is_forgotten(match: MatchByHand) -> None:
    match.wait(1)
    old = last_beat(match)
    match.wait(20)
    match.answer(LEFT, *old[:3])
    assert match.live.left.round_trips.usual == 0


@pytest.mark.parametrize("wrong", ["tick", "digest"])
def test_a_differing_digest_is_counted_and_answered_with_a_snapshot(
    match: MatchByHand, wrong: str
) -> None:
    match.wait(1)
    match.press(RIGHT, match.clock + 20, UP)
    beat = last_beat(match)
    other = beat._replace(**{wrong: getattr(beat, wrong) ^ 1})
    heard = {who: len(match.ears.heard[who]) for who in (NOBODY, LEFT, RIGHT)}
    match.answer(LEFT, *other[:3])
    assert match.live.desyncs == 1
    snapshot, keys = match.ears.heard[LEFT][heard[LEFT] :]
    assert isinstance(snapshot, wire.Snapshot)
    assert digest(wire.state_of(snapshot)) == digest(match.live.state)
    assert keys == wire.Keys(match.clock + 20, RIGHT, UP)
    assert len(match.ears.heard[RIGHT]) == heard[RIGHT]
    assert len(match.ears.heard[NOBODY]) == heard[NOBODY]


def test_a_second_answer_to_a_beat_is_ignored(match: MatchByHand) -> None:
    """A player could otherwise request the whole match with each small message, and
    choose the measured round trip."""
    match.wait(1)
    beat = last_beat(match)
    match.answer(LEFT, *beat[:3])
    usual = match.live.left.round_trips.usual
    heard = len(match.ears.heard[LEFT])
    for _ in range(100):
        match.answer(LEFT, beat.number, beat.tick, beat.digest ^ 1, after=5.0)
    assert match.live.desyncs == 0
    assert match.live.left.round_trips.usual == usual
    assert len(match.ears.heard[LEFT]) == heard
    match.answer(RIGHT, beat.number, beat.tick, beat.digest ^ 1)
    assert match.live.desyncs == 1


def test_a_correct_digest_is_not_counted(match: MatchByHand) -> None:
    match.wait(1)
    match.answer(LEFT, *last_beat(match)[:3])
    assert match.live.desyncs == 0


def test_beats_tell_each_player_which_of_their_keys_were_heard(match: MatchByHand) -> None:
    tick = match.clock + 50
    match.press(LEFT, tick, UP)
    match.press(RIGHT, 0, UP)
    match.wait(1)
    beat = last_beat(match)
    assert (beat.left_heard_before, beat.right_heard_before) == (tick + 1, 1)
    match.come(LEFT)
    match.wait(1)
    beat = last_beat(match)
    assert (beat.left_heard_before, beat.right_heard_before) == (0, 1)


def test_a_new_connection_is_measured_from_scratch(match: MatchByHand) -> None:
    match.wait(1)
    match.answer(LEFT, *last_beat(match)[:3], after=1.0)
    match.come(LEFT)
    assert match.live.left.round_trips.longest == 0
