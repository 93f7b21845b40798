"""What is counted of tournaments."""

from typing import Literal

from prometheus_client import Counter

Step = Literal["created", "opened", "started", "finished", "cancelled"]

TOURNAMENTS = Counter("tournament_tournaments", "Tournaments by what became of them", ["step"])
"""Every one is `created`."""


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


def count_entry(coming: Coming) -> None:
    ENTRIES.labels(coming).inc()
