"""What operators see of the outbox: how much waits, for how long, and what is kept for them."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import nan
from time import monotonic

import msgspec
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import Driver
from prometheus_client import REGISTRY, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

LOOKS_MISSED = 3
"""In a row: one that is late is nothing to worry about."""

# What is being delivered waits too, and what is tried again does so since it was entered: so says `created`. What this
# service has no route for is looked at as well; nobody is going to deliver it.
STATEMENT = (
    "SELECT entrypoint AS topic,"  # noqa: S608 - a constant
    " count(*) FILTER (WHERE status IN ('queued', 'picked')) AS waiting,"
    " coalesce(extract(epoch FROM clock_timestamp() - min(created) FILTER (WHERE status IN ('queued', 'picked'))), 0)"
    "::float8 AS oldest_seconds,"
    " count(*) FILTER (WHERE status = 'failed') AS held"
    f" FROM {DBSettings().queue_table} GROUP BY entrypoint"
)


class Line(msgspec.Struct, frozen=True):
    """What is known of a topic."""

    waiting: float
    oldest_seconds: float
    held: float


EMPTY = Line(0, 0, 0)
UNKNOWN = Line(nan, 0, nan)


class Backlog:
    """What is in the queue, as its worker saw it last.

    Where the worker cannot look any more, because the database is away or because it has died itself, nobody knows how
    many wait: the numbers become NaN. The age goes on growing instead, from zero where nothing waited: an alert that
    has begun must not end because the database went away as well, and an outbox whose worker has died while everybody
    goes on entering must not look empty for ever. It is the oldest that something may be, and wrong in the safe way.
    """

    def __init__(self, topics: Collection[str], looked_at_every: timedelta) -> None:
        self._topics = topics
        self._lines: dict[str, Line] = dict.fromkeys(topics, UNKNOWN)
        self._looked_at = monotonic()
        self._fresh_seconds = looked_at_every.total_seconds() * LOOKS_MISSED

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Have it on `/metrics` meanwhile."""
        self._looked_at = monotonic()
        _BACKLOGS.shown.append(self)
        try:
            yield
        finally:
            _BACKLOGS.shown.remove(self)

    async def look(self, driver: Driver) -> None:
        """Look at the queue; all that its driver raises comes through."""
        found = msgspec.convert(await driver.fetch(STATEMENT), list[_Found])
        self._looked_at = monotonic()
        self._lines = {
            **dict.fromkeys(self._topics, EMPTY),
            **{each.topic: Line(each.waiting, each.oldest_seconds, each.held) for each in found},
        }

    def lines(self) -> dict[str, Line]:
        """Return what is known now, by topic."""
        silent_seconds = monotonic() - self._looked_at
        if silent_seconds <= self._fresh_seconds:
            return self._lines
        return {
            topic: Line(nan, line.oldest_seconds + silent_seconds, nan)
            for topic, line in self._lines.items()
        }


class _Found(msgspec.Struct):
    topic: str
    waiting: int
    oldest_seconds: float
    held: int


class _Backlogs(Collector):
    """Those of the workers that run: one in a service, several in a run of tests, where the youngest speaks for all."""

    def __init__(self) -> None:
        self.shown: list[Backlog] = []

    def collect(self) -> Iterable[Metric]:
        waiting = GaugeMetricFamily(
            "outbox_waiting_jobs", "Jobs that are not delivered yet", labels=["topic"]
        )
        oldest = GaugeMetricFamily(
            "outbox_oldest_waiting_seconds",
            "Time since the oldest of them was entered, or since anybody could look",
            labels=["topic"],
        )
        held = GaugeMetricFamily(
            "outbox_held_jobs", "Jobs that failed and are kept for an operator", labels=["topic"]
        )
        lines: dict[str, Line] = {}
        for backlog in self.shown:
            lines.update(backlog.lines())
        for topic, line in lines.items():
            waiting.add_metric([topic], line.waiting)
            oldest.add_metric([topic], line.oldest_seconds)
            held.add_metric([topic], line.held)
        return [waiting, oldest, held]


_BACKLOGS = _Backlogs()
REGISTRY.register(_BACKLOGS)
