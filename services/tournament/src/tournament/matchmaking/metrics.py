"""Metrics of the queue and of invitations."""

from typing import Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

QUEUE_WAITING = Gauge(
    "tournament_queue_waiting", "Players in the queue, as each replica saw it last"
)

QUEUE_LONGEST_WAIT = Gauge(
    "tournament_queue_longest_wait_seconds",
    "How long who has waited longest of them has waited, 0 where nobody does",
)

PAIRS_MADE = Counter("tournament_queue_pairs", "Pairs made from the queue")

QUEUE_WAITED_SECONDS = Histogram(
    "tournament_queue_waited_seconds",
    "How long players waited until they were paired",
    buckets=(1, 2, 5, 10, 20, 30, 45, 60, 120, 300),
)

InvitationKind = Literal["challenge", "link"]
InvitationOutcome = Literal["sent", "accepted", "declined", "withdrawn", "expired"]

INVITATIONS = Counter(
    "tournament_invitations", "Invitations by what became of them", ["kind", "outcome"]
)
"""Counts each invitation as `sent`, and again with its outcome; an expired one when it is deleted."""
# Series are created at zero: `rate` does not see the first event of a series that begins with it.
for _kind in get_args(InvitationKind):
    for _outcome in get_args(InvitationOutcome):
        INVITATIONS.labels(_kind, _outcome)


def count_invitation(kind: InvitationKind, outcome: InvitationOutcome) -> None:
    INVITATIONS.labels(kind, outcome).inc()
