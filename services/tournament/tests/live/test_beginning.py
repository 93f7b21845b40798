"""The beginning of a match: both players connect, a countdown of three seconds
runs, and the delay is chosen."""

import pytest

from demo import wire
from pong.court import LEFT, RIGHT
from services.tournament.tests.live.by_hand import SEED, SIDES, MatchByHand
from tournament.live.live_match import COUNTDOWN_SECONDS, FIRST_CONNECTION_SECONDS, MatchEnding
from tournament.live.protocol import EndReason


def test_the_first_player_waits() -> None:
    match = MatchByHand()
    match.come(LEFT)
    match.wait(10)
    assert match.phase == wire.WAITING
    [told] = match.ears.all(wire.Phase)
    assert told == wire.Phase(wire.WAITING, 0, 0, 1, 0, 3, 3, 60_000)


def test_the_match_begins_three_seconds_after_both_have_connected() -> None:
    match = MatchByHand()
    match.come(LEFT)
    match.wait(10)
    match.come(RIGHT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.COUNTDOWN, 0, 0, 1, 1, 3, 3, 3_000)
    match.wait(COUNTDOWN_SECONDS)
    assert match.ears.all(wire.Phase)[-1].phase == wire.COUNTDOWN
    match.wait_ticks(1)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.PLAYING, 0, 1, 1, 1, 3, 3, 0)


def test_the_clock_starts_at_the_deadline_even_if_that_is_noticed_late() -> None:
    match = MatchByHand()
    match.come(*SIDES)
    match.ticks += 180 + 20
    match.wait_ticks(2)
    assert match.clock == 21


@pytest.mark.parametrize(
    ("come", "absent"), [((LEFT,), (RIGHT,)), ((RIGHT,), (LEFT,)), ((), (LEFT, RIGHT))]
)
def test_the_match_is_void_if_a_player_does_not_come_within_a_minute(
    come: tuple[int, ...], absent: tuple[int, ...]
) -> None:
    match = MatchByHand()
    match.come(*come)
    match.wait(FIRST_CONNECTION_SECONDS)
    assert not match.is_over
    match.wait_ticks(1)
    assert match.live.ending == MatchEnding(EndReason.VOID, absent=absent)
    assert match.ears.all(wire.Phase)[-1].phase == wire.OVER


def test_leaving_before_the_other_comes_costs_no_absence() -> None:
    match = MatchByHand()
    match.come(LEFT)
    match.go(LEFT)
    match.come(RIGHT)
    assert match.ears.all(wire.Phase)[-1][3:7] == (0, 1, 3, 3)
    match.come(LEFT)
    assert match.phase == wire.COUNTDOWN


def test_leaving_in_the_countdown_costs_an_absence() -> None:
    match = MatchByHand()
    match.come(*SIDES)
    match.wait(1)
    match.go(RIGHT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.AWAY, 0, 0, 1, 0, 3, 2, 30_000)
    match.come(RIGHT)
    match.wait(COUNTDOWN_SECONDS)
    match.wait_ticks(1)
    assert match.phase == wire.PLAYING


@pytest.mark.parametrize(
    ("left", "right", "delay"),
    [
        (0.0, 0.0, 1),
        (0.02, 0.02, 2),
        (0.02, 0.05, 3),
        (0.09, 0.02, 4),
        (0.15, 0.15, 6),
        (0.2, 0.0, 6),
        (1.5, 0.05, 6),
    ],
)
def test_the_delay_is_half_the_worse_round_trip_and_a_tick(
    left: float, right: float, delay: int
) -> None:
    match = MatchByHand()
    match.round_trips = {side: trip for side, trip in ((LEFT, left), (RIGHT, right)) if trip}
    match.begin()
    assert match.live.delay == delay
    playing = match.ears.all(wire.Phase)[-1]
    assert (playing.phase, playing.delay) == (wire.PLAYING, delay)


def test_the_server_runs_behind_its_clock_by_the_delay() -> None:
    match = MatchByHand()
    match.round_trips = {LEFT: 0.09, RIGHT: 0.02}
    match.begin()
    match.wait(2)
    beat = match.ears.all(wire.Beat)[-1]
    assert beat.clock // 256 - beat.tick == match.live.delay == 4


def test_a_new_connection_gets_the_whole_state() -> None:
    match = MatchByHand()
    match.begin()
    match.wait(1)
    welcome, snapshot, phase = match.introduction()
    assert welcome == wire.Welcome(1, 0, 1, 3, SEED)
    assert isinstance(snapshot, wire.Snapshot)
    assert wire.state_of(snapshot) == match.live.state
    assert isinstance(phase, wire.Phase)
    assert phase.phase == wire.PLAYING


def test_a_match_that_another_process_began_waits_half_a_minute_for_both() -> None:
    match = MatchByHand(begun=True, absences=(1, 0))
    match.come(LEFT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.AWAY, 0, 0, 1, 0, 1, 0, 30_000)
    match.wait(20)
    match.come(RIGHT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.COUNTDOWN, 0, 0, 1, 1, 1, 0, 3_000)
