"""Metrics of tournaments and entries."""

from typing import Literal, get_args

from prometheus_client import Counter

Step = Literal["created", "opened", "started", "finished", "cancelled"]

TOURNAMENTS = Counter("tournament_tournaments", "Tournaments by what became of them", ["step"])
"""Counts each tournament as `created`, and again with each later step."""
# Series are created at zero: `rate` does not see the first event of a series that begins with it.
for _step in get_args(Step):
    TOURNAMENTS.labels(_step)


def count(step: Step) -> None:
    TOURNAMENTS.labels(step).inc()


Coming = Literal[
    "entered",
    "waiting",
    "late",
    "left",
    "withdrawn",
    "returned",
    "checked_in",
    "removed",
    "disqualified",
]

ENTRIES = Counter("tournament_entries", "Who came and went, and how", ["coming"])
for _coming in get_args(Coming):
    ENTRIES.labels(_coming)


def count_entry(coming: Coming) -> None:
    ENTRIES.labels(coming).inc()
