"""Metrics of pairings."""

from typing import get_args

from prometheus_client import Counter, Gauge, Histogram

from contracts.tournament.tournaments import OutcomeKind

PAIRINGS_CALLED = Counter("tournament_pairings_called", "Pairings whose two players were called")
PAIRINGS_DECIDED = Counter("tournament_pairings_decided", "Pairings that are over, by how", ["how"])
# Series are created at zero: `rate` does not see the first event of a series that begins with it.
for _how in get_args(OutcomeKind):
    PAIRINGS_DECIDED.labels(_how)
PAIRINGS_PLAYED = Counter("tournament_pairings_played", "Live matches made of pairings")
PAIRINGS_CORRECTED = Counter(
    "tournament_pairings_corrected", "Outcomes that an organiser corrected"
)
TOURNAMENTS_DUE = Gauge(
    "tournament_pairings_overdue",
    "Tournaments in which something was to be done, as each replica saw it last",
)
SCHEDULER_PASS_SECONDS = Histogram(
    "tournament_steward_seconds",
    "How long one look at all that has become due took",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
SCHEDULER_FAILURES = Counter(
    "tournament_steward_failed", "Times that a tournament could not be brought forward"
)
