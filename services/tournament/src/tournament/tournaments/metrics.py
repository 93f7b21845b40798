"""Metrics of tournaments and entries."""

from typing import Literal, get_args

from prometheus_client import Counter

TournamentStep = Literal["created", "opened", "started", "finished", "cancelled"]

TOURNAMENT_STEPS = Counter("tournament_tournaments", "Tournaments by what became of them", ["step"])
"""Counts each tournament as `created`, and again with each later step."""
# Series are created at zero: `rate` does not see the first event of a series that begins with it.
for _step in get_args(TournamentStep):
    TOURNAMENT_STEPS.labels(_step)


def count_step(step: TournamentStep) -> None:
    TOURNAMENT_STEPS.labels(step).inc()


EntryChange = Literal[
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

ENTRY_CHANGES = Counter("tournament_entries", "Who came and went, and how", ["coming"])
for _coming in get_args(EntryChange):
    ENTRY_CHANGES.labels(_coming)


def count_entry(coming: EntryChange) -> None:
    ENTRY_CHANGES.labels(coming).inc()
