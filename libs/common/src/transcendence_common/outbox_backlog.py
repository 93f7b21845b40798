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

MEASUREMENTS_MISSED = 3
"""Measurements missed in a row before the numbers count as unknown; a single late one means nothing."""

# Deliveries under way count as waiting, and a retried one since it was entered, by `created`. Topics without a route in
# this service are included, because no worker delivers them.
BACKLOG_STATEMENT = (
    "SELECT entrypoint AS topic,"  # noqa: S608 - a constant
    " count(*) FILTER (WHERE status IN ('queued', 'picked')) AS waiting,"
    " coalesce(extract(epoch FROM clock_timestamp() - min(created) FILTER (WHERE status IN ('queued', 'picked'))), 0)"
    "::float8 AS oldest_seconds,"
    " count(*) FILTER (WHERE status = 'failed') AS held"
    f" FROM {DBSettings().queue_table} GROUP BY entrypoint"
)


class TopicBacklog(msgspec.Struct, frozen=True):
    """The backlog of a topic."""

    waiting: float
    oldest_seconds: float
    held: float


EMPTY_BACKLOG = TopicBacklog(0, 0, 0)
UNKNOWN_BACKLOG = TopicBacklog(nan, 0, nan)


class Backlog:
    """The outbox's backlog as its worker measured it last.

    If the worker cannot measure, because the database is unavailable or the worker has died, the numbers become NaN.
    The age keeps growing instead, from zero where nothing waited: an alert must not end because the database became
    unavailable too, and an outbox with a dead worker must not look empty for ever. The age is then an upper limit,
    wrong on the safe side.
    """

    def __init__(self, topics: Collection[str], looked_at_every: timedelta) -> None:
        self._topics = topics
        self._lines: dict[str, TopicBacklog] = dict.fromkeys(topics, UNKNOWN_BACKLOG)
        self._measured_at = monotonic()
        self._fresh_seconds = looked_at_every.total_seconds() * MEASUREMENTS_MISSED

    @contextmanager
    def exported(self) -> Iterator[None]:
        """Show the backlog on `/metrics` within this context."""
        self._measured_at = monotonic()
        _BACKLOGS.exported.append(self)
        try:
            yield
        finally:
            _BACKLOGS.exported.remove(self)

    async def measure(self, driver: Driver) -> None:
        """Measure the queue; errors of the driver are raised."""
        found = msgspec.convert(await driver.fetch(BACKLOG_STATEMENT), list[_MeasuredTopic])
        self._measured_at = monotonic()
        self._lines = {
            **dict.fromkeys(self._topics, EMPTY_BACKLOG),
            **{
                each.topic: TopicBacklog(each.waiting, each.oldest_seconds, each.held)
                for each in found
            },
        }

    def by_topic(self) -> dict[str, TopicBacklog]:
        """Return the current backlog by topic."""
        silent_seconds = monotonic() - self._measured_at
        if silent_seconds <= self._fresh_seconds:
            return self._lines
        return {
            topic: TopicBacklog(nan, line.oldest_seconds + silent_seconds, nan)
            for topic, line in self._lines.items()
        }


class _MeasuredTopic(msgspec.Struct):
    topic: str
    waiting: int
    oldest_seconds: float
    held: int


class _Backlogs(Collector):
    """Collects the backlogs of running workers: one in a service, several in tests, where the last one counts."""

    def __init__(self) -> None:
        self.exported: list[Backlog] = []

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
        lines: dict[str, TopicBacklog] = {}
        for backlog in self.exported:
            lines.update(backlog.by_topic())
        for topic, line in lines.items():
            waiting.add_metric([topic], line.waiting)
            oldest.add_metric([topic], line.oldest_seconds)
            held.add_metric([topic], line.held)
        return [waiting, oldest, held]


_BACKLOGS = _Backlogs()
REGISTRY.register(_BACKLOGS)
