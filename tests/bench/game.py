"""The game: ticks per second in both languages, and the cost of verifying a match."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from pong import scripted
from pong.ai import LEVELS, choose_key, new_ai
from pong.court import LEFT, RIGHT, TICKS_PER_SECOND
from pong.engine import new_match, step
from pong.log import InputLog, replay
from tests.bench.report import figure, heading

NODE = Path(sys.executable).with_name("node")
JAVASCRIPT = Path(__file__).with_name("game.js")
POINTS = 7
MATCHES = 60
REPETITIONS = 5


def measure() -> None:
    heading(
        f"The game ({MATCHES} matches to {POINTS} against a player with human delay and errors)"
    )
    matches = [play(seed) for seed in range(MATCHES)]
    seconds = statistics.median(log.ticks for _, _, log in matches) / TICKS_PER_SECOND
    figure("length of a match (median)", f"{seconds:.0f} s")
    ticks = sum(log.ticks for _, _, log in matches)
    reference = best(lambda: [simulate(seed, level, log) for seed, level, log in matches])
    replayed = best(
        lambda: [replay("ai", level, seed, POINTS, log) for seed, level, log in matches]
    )
    figure(
        "Python, every tick stepped, computer playing (reference)",
        f"{ticks / reference:,.0f} ticks/s",
    )
    figure(
        "Python, replay as history verifies, computer playing",
        f"{ticks / replayed:,.0f} ticks/s",
        f"goal 1,000,000; {reference / replayed:.1f} × the reference",
    )
    # Once each, one after the other, as history does: the best of several repetitions takes little more than half.
    times = [
        seconds_of(partial(replay, "ai", level, seed, POINTS, log)) for seed, level, log in matches
    ]
    typical = statistics.median(times) * 1000
    figure(
        f"verifying a match to {POINTS} (median of {MATCHES}; slowest {max(times) * 1000:.1f} ms)",
        f"{typical:.2f} ms",
        "goal < 15 ms",
    )
    answer = subprocess.run([NODE, JAVASCRIPT], check=True, capture_output=True, text=True).stdout
    for name, speed in json.loads(answer).items():
        figure(f"JavaScript, {name}", f"{speed:,.0f} ticks/s")


def play(seed: int) -> tuple[int, str, InputLog]:
    """Play a match against a scripted player with human delay and errors."""
    level = LEVELS[seed % len(LEVELS)]
    _, log = scripted.play_match("ai", level, seed, POINTS, scripted.HumanLikePlayer(LEFT, seed))
    return seed, level, log


def simulate(seed: int, level: str, log: InputLog) -> int:
    """Verify a match the plain way, one step after another."""
    state, computer = new_match(seed, POINTS), new_ai(level, seed, RIGHT)
    changes, held = iter([*log.changes, (log.ticks, 0, 0)]), 0
    tick, wanted, _ = next(changes)
    while not state.winner:
        if state.tick == tick:
            held = wanted
            tick, wanted, _ = next(changes)
        step(state, held, choose_key(computer, state))
    return state.winner


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest repetition, which other processes disturbed least."""
    return min(seconds_of(work) for _ in range(REPETITIONS))


def seconds_of(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started
