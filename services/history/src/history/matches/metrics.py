"""Metrics of submitted matches."""

from typing import get_args

from prometheus_client import Counter, Histogram

from contracts.history.modes import Mode
from history.errors import SUBMISSION_REFUSALS, OtherMatchStored, SamePlayer

MATCHES_STORED = Counter("history_matches_stored", "Matches verified and stored", ["mode"])
MATCHES_REFUSED = Counter(
    "history_matches_refused", "Matches refused, by the problem's code", ["reason"]
)
# Create every series at 0: a rate misses the first event of a series that begins with it.
for _mode in get_args(Mode):
    MATCHES_STORED.labels(_mode)
for _reason in (
    *(each.code for each in SUBMISSION_REFUSALS),
    SamePlayer.code,
    OtherMatchStored.code,
):
    MATCHES_REFUSED.labels(_reason)

VERIFICATION_SECONDS = Histogram(
    "history_verification_seconds",
    "Time to simulate a match from its log",
    # A typical match takes 1 ms, the longest possible tens of milliseconds.
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25),
)
