"""Compares history's record of a match with the reports of its players."""

from collections.abc import Iterable
from typing import Any

from pong.engine import digest, new_match, step

Record = dict[str, Any]
"""History's answer with a match's replay."""
Report = dict[str, Any]
"""A Node client's report at its end; see player.js."""


def digests_of(record: Record) -> dict[int, int]:
    """Simulate history's log, and return the digest at every tick."""
    state = new_match(record["seed"], record["points"])
    seen = {0: digest(state)}
    changes = {tick: (left, right) for tick, left, right in record["inputs"]["changes"]}
    left = right = 0
    while state.tick < record["inputs"]["ticks"]:
        left, right = changes.get(state.tick, (left, right))
        step(state, left, right)
        seen[state.tick] = digest(state)
    return seen


def check_agreement(record: Record, reports: Iterable[Report]) -> None:
    """Raise unless every client agrees with history's match up to the same last tick."""
    truth = digests_of(record)
    last = record["inputs"]["ticks"]
    for report in reports:
        assert report["problem"] is None, report
        assert report["differing"] == [], report
        assert (report["end"]["tick"], report["end"]["digest"]) == (last, truth[last]), report
        seen = never_taken_back(report["confirmed"])
        assert seen, report
        assert seen == {tick: truth[tick] for tick in seen}, report


def never_taken_back(confirmed: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return a client's confirmed ticks, except those that were lost with a
    process before they were stored."""
    kept: list[tuple[int, int]] = []
    for tick, word in confirmed:
        while kept and kept[-1][0] >= tick:
            kept.pop()
        kept.append((tick, word))
    return dict(kept)
