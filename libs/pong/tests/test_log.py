"""Recording of a match, and rejection of invalid logs with a code each."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pong import log as log_module
from pong import scripted
from pong.ai import LEVELS
from pong.court import LEFT, MAX_TICKS, NOBODY, RIGHT
from pong.engine import BadSettings, digest, new_match, step
from pong.log import (
    ChangeWithoutEffect,
    ContinuesAfterWin,
    EndsBeforeWin,
    ForfeitAfterWin,
    InputForComputer,
    InputLog,
    LogRefused,
    LogTooLong,
    MalformedLog,
    Outcome,
    TicksOutOfOrder,
    finish_log,
    log_from_json,
    new_recording,
    record_keys,
    replay,
)
from tests.fixtures.examples import examples

SEED = 11


def recorded(level: str | None = "normal", points: int = 3) -> InputLog:
    mode = "ai" if level else "local"
    other = None if level else scripted.HumanLikePlayer(RIGHT, 2)
    return scripted.play_match(
        mode, level, SEED, points, scripted.HumanLikePlayer(LEFT, 1), right=other
    )[1]


def refused(ticks: object, changes: object, level: str | None = "normal") -> LogRefused:
    mode = "ai" if level else "local"
    with pytest.raises(LogRefused) as refusal:
        replay(mode, level, SEED, 3, InputLog(ticks, changes))  # type: ignore[arg-type]
    assert refusal.value.message == str(refusal.value)
    return refusal.value


@pytest.mark.parametrize("level", [*LEVELS, None])
def test_a_replay_ends_like_the_match(level: str | None) -> None:
    mode = "ai" if level else "local"
    other = None if level else scripted.HumanLikePlayer(RIGHT, 2)
    state, log = scripted.play_match(
        mode, level, SEED, 5, scripted.HumanLikePlayer(LEFT, 1), right=other
    )
    outcome = replay(mode, level, SEED, 5, log)
    assert outcome.digest == digest(state)
    assert (outcome.ticks, outcome.winner) == (state.tick, state.winner)
    assert (outcome.left_score, outcome.right_score) == (state.left_score, state.right_score)
    assert (outcome.hits_left, outcome.hits_right) == (state.left_hits, state.right_hits)


def test_the_timeline_has_every_point() -> None:
    outcome = replay("ai", "normal", SEED, 3, recorded())
    timeline = outcome.points_timeline
    assert [point.tick for point in timeline] == sorted({point.tick for point in timeline})
    assert sum(point.side == LEFT for point in timeline) == outcome.left_score
    assert sum(point.side == RIGHT for point in timeline) == outcome.right_score
    assert (timeline[-1].side, timeline[-1].tick) == (outcome.winner, outcome.ticks)
    assert max(point.rally for point in timeline) == outcome.longest_rally
    assert sum(point.rally for point in timeline) == outcome.hits_left + outcome.hits_right


def test_only_changes_are_recorded() -> None:
    recording = new_recording()
    for tick, keys in enumerate([(0, 0), (1, 0), (1, 0), (1, -1), (0, 0)]):
        record_keys(recording, tick, *keys)
    assert finish_log(recording, 5) == InputLog(5, ((1, 1, 0), (3, 1, -1), (4, 0, 0)))


def test_lists_from_json_replay_like_tuples() -> None:
    log = recorded()
    wire = {"ticks": log.ticks, "changes": [list(change) for change in log.changes]}
    assert replay("ai", "normal", SEED, 3, log_from_json(wire)) == replay(
        "ai", "normal", SEED, 3, log
    )


@pytest.mark.parametrize(
    "decoded",
    [None, [], "log", {}, {"ticks": 1}, {"changes": []}, {"ticks": 1, "changes": [], "score": 9}],
)
def test_the_json_form_has_two_fields(decoded: object) -> None:
    with pytest.raises(MalformedLog):
        log_from_json(decoded)


@pytest.mark.parametrize("ticks", [None, "10", 10.0, True, 0, -1, [10]])
def test_ticks_must_be_a_positive_integer(ticks: object) -> None:
    assert isinstance(refused(ticks, []), MalformedLog)


@pytest.mark.parametrize("changes", [None, "abc", {}, {"0": 1}, 5, iter([])])
def test_changes_must_be_a_list(changes: object) -> None:
    assert isinstance(refused(100, changes), MalformedLog)


@pytest.mark.parametrize(
    "entry",
    [
        None, 5, "abc", [], [0, 1], [0, 1, 0, 0], {"tick": 0},
        [0.0, 1, 0], [0, True, 0], [0, 1, None], ["0", 1, 0], [0, 2, 0], [0, 1, -2], [0, [1], 0],
    ],
)  # fmt: skip
def test_a_change_must_be_a_tick_and_two_inputs(entry: object) -> None:
    refusal = refused(100, [entry], level=None)
    assert (refusal.code, "change 0" in refusal.message) == ("malformed", True)


@pytest.mark.parametrize(
    "changes",
    [
        [[5, 1, 0], [5, 0, 0]],
        [[5, 1, 0], [4, 0, 0]],
        [[-1, 1, 0]],
        [[100, 1, 0]],
        [[10**5000, 1, 0]],
    ],
    ids=["same tick", "backwards", "before the match", "at the end", "far beyond"],
)
def test_changes_must_be_in_order(changes: Sequence[object]) -> None:
    assert isinstance(refused(100, changes), TicksOutOfOrder)


@pytest.mark.parametrize("changes", [[[5, 0, 0]], [[5, 1, 0], [6, 1, 0]]])
def test_a_change_must_change_an_input(changes: Sequence[object]) -> None:
    assert isinstance(refused(100, changes), ChangeWithoutEffect)


def test_the_computers_side_must_have_no_inputs() -> None:
    assert isinstance(refused(100, [[5, 0, 1]]), InputForComputer)
    assert isinstance(refused(100, [[5, 0, 1]], level=None), EndsBeforeWin)


@pytest.mark.parametrize(
    "ticks", [MAX_TICKS + 1, 2**70, 10**5000], ids=["one more", "far more", "unprintable"]
)
def test_half_an_hour_is_the_limit(ticks: int) -> None:
    assert isinstance(refused(ticks, []), LogTooLong)


def test_a_match_of_exactly_the_limit_is_allowed() -> None:
    assert isinstance(refused(MAX_TICKS, []), ContinuesAfterWin)


def test_a_log_with_more_changes_than_ticks_is_not_read() -> None:
    assert isinstance(refused(3, [None] * 4), LogTooLong)


def test_a_log_that_stops_before_the_last_point_ends_early() -> None:
    log = recorded()
    changes = [change for change in log.changes if change[0] < log.ticks - 1]
    refusal = refused(log.ticks - 1, changes)
    assert isinstance(refusal, EndsBeforeWin)
    assert str(log.ticks - 1) in refusal.message


def test_a_log_that_continues_after_the_last_point_runs_on() -> None:
    log = recorded()
    assert isinstance(refused(log.ticks + 1, log.changes), ContinuesAfterWin)


def test_another_seed_is_another_match() -> None:
    log = recorded()
    with pytest.raises(LogRefused):
        replay("ai", "normal", SEED + 1, 3, log)


@pytest.mark.parametrize(
    ("mode", "level", "seed", "points", "named"),
    [
        ("chess", None, 1, 3, "mode"),
        ("online", "easy", 1, 3, "level"),
        ("ai", None, 1, 3, "level"),
        ("ai", "brutal", 1, 3, "level"),
        ("local", "easy", 1, 3, "level"),
        ("local", None, -1, 3, "seed"),
        ("local", None, 1, 4, "points"),
    ],
)
def test_invalid_settings_are_errors_of_the_caller(
    mode: str, level: str | None, seed: int, points: int, named: str
) -> None:
    with pytest.raises(BadSettings) as refusal:
        replay(mode, level, seed, points, InputLog(1, ()))
    assert refusal.value.name == named


def played_online(points: int = 3) -> InputLog:
    left, right = scripted.HumanLikePlayer(LEFT, 1), scripted.HumanLikePlayer(RIGHT, 2)
    return scripted.play_match("online", None, SEED, points, left, right=right)[1]


def cut(log: InputLog, ticks: int) -> InputLog:
    """Return the same match, cut off at a tick."""
    return InputLog(ticks, [change for change in log.changes if change[0] < ticks])


@pytest.mark.parametrize("mode", ["online", "hotseat"])
def test_an_online_match_ends_like_a_local_one(mode: str) -> None:
    log = played_online()
    assert replay(mode, None, SEED, 3, log) == replay("local", None, SEED, 3, log)


@pytest.mark.parametrize(("gave_up", "winner"), [(LEFT, RIGHT), (RIGHT, LEFT)])
@pytest.mark.parametrize("ticks", [0, 1, 100, -1])
def test_a_forfeit_loses_whatever_the_score(gave_up: int, winner: int, ticks: int) -> None:
    whole = played_online()
    log = cut(whole, ticks if ticks >= 0 else whole.ticks + ticks)
    outcome = replay("online", None, SEED, 3, log, forfeited_by=gave_up)
    state = new_match(SEED, 3)
    keys = {tick: held for tick, *held in log.changes}
    held = [0, 0]
    for tick in range(log.ticks):
        held = keys.get(tick, held)
        step(state, *held)
    assert (outcome.winner, outcome.ticks, outcome.digest) == (winner, log.ticks, digest(state))
    assert (outcome.left_score, outcome.right_score) == (state.left_score, state.right_score)
    assert max(outcome.left_score, outcome.right_score) < 3


@pytest.mark.parametrize("gave_up", [LEFT, RIGHT])
@pytest.mark.parametrize("more", [0, 1, 100])
def test_a_match_that_is_won_cannot_be_forfeited(gave_up: int, more: int) -> None:
    log = played_online()
    with pytest.raises(ForfeitAfterWin) as refusal:
        replay(
            "online", None, SEED, 3, InputLog(log.ticks + more, log.changes), forfeited_by=gave_up
        )
    assert str(log.ticks) in refusal.value.message


def test_a_match_without_a_tick_must_be_forfeited() -> None:
    with pytest.raises(MalformedLog):
        replay("online", None, SEED, 3, InputLog(0, ()))
    with pytest.raises(MalformedLog):
        replay("online", None, SEED, 3, InputLog(-1, ()), forfeited_by=LEFT)


@pytest.mark.parametrize(
    ("mode", "level", "gave_up"),
    [
        ("ai", "easy", LEFT),
        ("local", None, RIGHT),
        ("hotseat", None, RIGHT),
        ("online", None, 3),
        ("online", None, -1),
    ],
)
def test_only_a_side_of_an_online_match_can_forfeit(
    mode: str, level: str | None, gave_up: int
) -> None:
    with pytest.raises(BadSettings) as refusal:
        replay(mode, level, SEED, 3, InputLog(1, ()), forfeited_by=gave_up)
    assert refusal.value.name == "forfeited_by"


def test_codes_are_unique() -> None:
    refusals = LogRefused.__subclasses__()
    assert {refusal.__name__ for refusal in refusals} <= set(vars(log_module))
    assert len({refusal.code for refusal in refusals}) == len(refusals) == 8


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)
KEY = st.sampled_from([-1, 0, 1])
NEARLY = st.lists(
    st.tuples(st.integers(-1, 3000), KEY, KEY).map(list) | st.lists(ANYTHING, max_size=4),
    max_size=8,
)


@settings(max_examples=examples(300))
@given(
    level=st.sampled_from([*LEVELS, None]),
    ticks=ANYTHING | st.integers(0, 3000),
    changes=ANYTHING | NEARLY,
    gave_up=st.sampled_from([NOBODY, LEFT, RIGHT]),
)
def test_any_input_is_replayed_or_refused(
    level: str | None, ticks: int, changes: Sequence[tuple[int, int, int]], gave_up: int
) -> None:
    mode, gave_up = ("ai", NOBODY) if level else ("online", gave_up)
    answer: Outcome | LogRefused
    try:
        answer = replay(mode, level, SEED, 3, InputLog(ticks, changes), forfeited_by=gave_up)
    except LogRefused as refusal:
        answer = refusal
    assert isinstance(answer, Outcome) or answer.code != "refused"
