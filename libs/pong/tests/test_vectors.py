"""The golden vectors, played by the Python rules; the browser's tests play the same files."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pong.ai import choose_key
from pong.court import LEFT, NOBODY, RIGHT, RULES_VERSION, TICKS_PER_SECOND
from pong.engine import digest, mix_into_digest, step
from pong.log import InputLog, replay, start_match

FOLDER = Path(__file__).parents[3] / "tests/vectors"
FILES = sorted(FOLDER.glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return decoded


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_tick_of_every_match_agrees(path: Path) -> None:
    written = read(path)
    assert written["rules"] == RULES_VERSION
    for match in written["matches"]:
        assert played(written["mode"], match) == match


def test_every_online_match_ends_as_recorded() -> None:
    for match in read(FOLDER / "online.json")["matches"]:
        flat = match["changes"]
        changes = list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
        log = InputLog(match["ticks"], changes)
        outcome = replay(
            "online", None, match["seed"], match["points"], log, forfeited_by=match["forfeited_by"]
        )
        assert outcome.winner == match["winner"]
        assert [outcome.left_score, outcome.right_score] == match["score"]


def test_some_online_matches_are_won_and_both_sides_forfeit_some() -> None:
    endings = [match["forfeited_by"] for match in read(FOLDER / "online.json")["matches"]]
    assert min(endings.count(side) for side in (NOBODY, LEFT, RIGHT)) >= 5


def test_there_are_enough_vectors() -> None:
    matches = [match for path in FILES for match in read(path)["matches"]]
    assert len(matches) >= 300
    assert {match["points"] for match in matches} == {3, 5, 7, 11, 21}
    assert {match["level"] for match in matches} == {"easy", "normal", "hard", None}
    assert {0, 2**32 - 1} <= {match["seed"] for match in matches}


@pytest.mark.thorough
def test_the_generator_still_writes_the_same_vectors() -> None:
    check = subprocess.run(
        [sys.executable, str(FOLDER / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def played(mode: str, match: dict[str, Any]) -> dict[str, Any]:
    """Replay a vector from its settings and inputs alone."""
    state, ai = start_match(mode, match["level"], match["seed"], match["points"])
    flat = match["changes"]
    changes = dict(zip(flat[::3], zip(flat[1::3], flat[2::3], strict=True), strict=True))
    left = right = chain = 0
    every_60 = ""
    while True:
        word = digest(state)
        chain = mix_into_digest(chain, word)
        if state.tick % TICKS_PER_SECOND == 0:
            every_60 += f"{word:08x}"
        if state.tick == match["ticks"] or state.winner:
            break
        left, right = changes.get(state.tick, (left, right))
        step(state, left, choose_key(ai, state) if ai else right)
    score = [state.left_score, state.right_score]
    return match | {
        "ticks": state.tick,
        "score": score,
        "chain": chain,
        "every_60": every_60,
    }
