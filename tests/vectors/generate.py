"""Writes the golden vectors: matches that every implementation of the rules must play alike.

    python tests/vectors/generate.py            write the files
    python tests/vectors/generate.py --check    print the differences from the files; exit 1 if
    there are any

A vector is `{points, seed, level?, ticks, changes, score, chain, every_60}`. `chain` combines the
digests of all ticks, starting with tick 0; `every_60` lists the digest of each 60th tick from 0, 8
hexadecimal digits each, so that a difference can be located to the second. `ticks` may end before
the match is over. Changes are flat: tick, left, right, tick, left, right, ...

An online match that ends before it is over was forfeited: it has `forfeited_by` (0 neither, 1 left,
2 right) and `winner`.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pong import scripted
from pong.ai import LEVELS, choose_key
from pong.court import (
    LEFT,
    NOBODY,
    POINTS_CHOICES,
    RIGHT,
    RULES_VERSION,
    STILL,
    TICKS_PER_SECOND,
)
from pong.engine import State, digest, mix_into_digest, step
from pong.log import finish_log, new_recording, record_keys, start_match
from pong.prng import scramble_rng

FOLDER = Path(__file__).parent
MATCHES_A_FILE = 84
"""Number of matches per level and of local matches: 336 vectors in total."""
ONLINE_MATCHES = 24
"""Online matches follow the rules of local ones, except that they may be forfeited."""
WON = 2
"""Which of three online matches is not forfeited, unless it takes longer than TICKS_MAX."""
TICKS_MAX = 5000
"""Longer matches prove no more, and each tick of a vector costs time in every test run."""
EDGE_SEEDS = (0, 2**32 - 1)

Vector = dict[str, object]


@dataclass(frozen=True, slots=True)
class Cast:
    """The sides of a vector, apart from the computer."""

    left: scripted.ScriptedPlayer
    right: scripted.ScriptedPlayer


def main() -> int:
    parser = argparse.ArgumentParser(description="Golden vectors of the game")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check_only = parser.parse_args().check
    stale = [(name, text) for name, text in files() if not _is_written(name, text)]
    for name, text in stale:
        if not check_only:
            (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name} {'differs from its matches' if check_only else 'written'}\n")
    return 1 if stale and check_only else 0


def files() -> Iterator[tuple[str, str]]:
    """Return the name and text of each file of vectors."""
    for level in LEVELS:
        yield f"ai-{level}.json", _text("ai", [vector(level, n) for n in range(MATCHES_A_FILE)])
    yield "local.json", _text("local", [vector(None, n) for n in range(MATCHES_A_FILE)])
    yield "online.json", _text("online", [online_vector(n) for n in range(ONLINE_MATCHES)])


def vector(level: str | None, number: int) -> Vector:
    """Return one match, whose number determines its length, seed and sides."""
    points = POINTS_CHOICES[number % len(POINTS_CHOICES)]
    seed = EDGE_SEEDS[number] if number < len(EDGE_SEEDS) else scramble_rng(number * 2 + 1)
    _, vector = _played(level, seed, points, _cast(number, seed), TICKS_MAX)
    return {"seed": seed, "points": points, "level": level} | vector


def online_vector(number: int) -> Vector:
    """Return one online match. Two of three are forfeited, the first one before its first tick."""
    points = POINTS_CHOICES[number % len(POINTS_CHOICES)]
    seed = scramble_rng(number * 2 + 2)
    given_up_at = TICKS_MAX if number % 3 == WON else number * 97
    state, vector = _played(None, seed, points, _cast(number, seed), given_up_at)
    forfeited_by = NOBODY if state.winner else LEFT + number % 2
    winner = state.winner or LEFT + RIGHT - forfeited_by
    ending = {"forfeited_by": forfeited_by, "winner": winner}
    return {"seed": seed, "points": points, "level": None} | vector | ending


def _played(
    level: str | None, seed: int, points: int, cast: Cast, ticks_max: int
) -> tuple[State, Vector]:
    state, ai = start_match("ai" if level else "local", level, seed, points)
    log = new_recording()
    digests = [digest(state)]
    while not state.winner and state.tick < ticks_max:
        left, right = cast.left(state), STILL if ai else cast.right(state)
        record_keys(log, state.tick, left, right)
        step(state, left, choose_key(ai, state) if ai else right)
        digests.append(digest(state))
    chain = 0
    for each in digests:
        chain = mix_into_digest(chain, each)
    return state, {
        "ticks": state.tick,
        "score": [state.left_score, state.right_score],
        "chain": chain,
        "every_60": "".join(f"{each:08x}" for each in digests[::TICKS_PER_SECOND]),
        "changes": [part for change in finish_log(log, state.tick).changes for part in change],
    }


def _cast(number: int, seed: int) -> Cast:
    casts = (
        Cast(scripted.RandomMasher(seed), scripted.RandomMasher(scramble_rng(seed))),
        Cast(
            scripted.HumanLikePlayer(LEFT, seed),
            scripted.HumanLikePlayer(RIGHT, scramble_rng(seed)),
        ),
        Cast(scripted.AimingPlayer(LEFT), scripted.HumanLikePlayer(RIGHT, seed)),
        Cast(scripted.BallFollower(LEFT, 12), scripted.RandomMasher(seed)),
        Cast(scripted.RandomMasher(seed), scripted.PerfectPlayer(RIGHT)),
        Cast(scripted.stay_still, scripted.AimingPlayer(RIGHT)),
        Cast(scripted.PerfectPlayer(LEFT), scripted.BallFollower(RIGHT, 6)),
    )
    return casts[number % len(casts)]


def _text(mode: str, vectors: list[Vector]) -> str:
    """Return one match per line, so that a diff shows which matches a
    change of the rules affects."""
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in vectors)
    return f'{{"rules":{RULES_VERSION},"mode":"{mode}","matches":[\n{lines}\n]}}\n'


def _is_written(name: str, text: str) -> bool:
    path = FOLDER / name
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
