"""Metrics of the outbox's backlog: how many messages wait, since when, and how many are held for an operator."""

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
"""Measurements missed in a row before the numbers count as unknown; a single late one means nothing."""

# Deliveries under way count as waiting, and a retried one since it was entered, by `created`. Topics without a route in
# this service are included, because no worker delivers them.
STATEMENT = (
    "SELECT entrypoint AS topic,"  # noqa: S608 - a constant
    " count(*) FILTER (WHERE status IN ('queued', 'picked')) AS waiting,"
    " coalesce(extract(epoch FROM clock_timestamp() - min(created) FILTER (WHERE status IN ('queued', 'picked'))), 0)"
    "::float8 AS oldest_seconds,"
    " count(*) FILTER (WHERE status = 'failed') AS held"
    f" FROM {DBSettings().queue_table} GROUP BY entrypoint"
)


class Line(msgspec.Struct, frozen=True):
    """The backlog of a topic."""

    waiting: float
    oldest_seconds: float
    held: float


EMPTY = Line(0, 0, 0)
UNKNOWN = Line(nan, 0, nan)


class Backlog:
    """The outbox's backlog as its worker measured it last.

    If the worker cannot measure, because the database is unavailable or the worker has died, the numbers become NaN.
    The age keeps growing instead, from zero where nothing waited: an alert must not end because the database became
    unavailable too, and an outbox with a dead worker must not look empty for ever. The age is then an upper limit,
    wrong on the safe side.
    """

    def __init__(self, topics: Collection[str], looked_at_every: timedelta) -> None:
        self._topics = topics
        self._lines: dict[str, Line] = dict.fromkeys(topics, UNKNOWN)
        self._looked_at = monotonic()
        self._fresh_seconds = looked_at_every.total_seconds() * LOOKS_MISSED

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the backlog on `/metrics` within this context."""
        self._looked_at = monotonic()
        _BACKLOGS.shown.append(self)
        try:
            yield
        finally:
            _BACKLOGS.shown.remove(self)

    async def look(self, driver: Driver) -> None:
        """Measure the queue; errors of the driver are raised."""
        found = msgspec.convert(await driver.fetch(STATEMENT), list[_Found])
        self._looked_at = monotonic()
        self._lines = {
            **dict.fromkeys(self._topics, EMPTY),
            **{each.topic: Line(each.waiting, each.oldest_seconds, each.held) for each in found},
        }

    def lines(self) -> dict[str, Line]:
        """Return the current backlog by topic."""
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
    """Collects the backlogs of running workers: one in a service, several in tests, where the last one counts."""

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
