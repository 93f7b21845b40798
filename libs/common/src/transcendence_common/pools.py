"""Metrics of the database connections of a process."""

from collections import Counter as Tally
from collections.abc import Iterable
from weakref import WeakSet

from prometheus_client import REGISTRY, Counter, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool, QueuePool

from transcendence_common.outages import DatabaseUnavailable

POOL_TIMEOUTS = Counter(
    "database_pool_timeouts", "Times that all connections were in use for too long", ["pool"]
)


class CountingPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, with a counter of timeouts."""

    def connect(self) -> PoolProxiedConnection:
        """Return a connection.

        Raises:
            DatabaseUnavailable: all connections stayed in use for longer than the pool waits.
        """
        try:
            return super().connect()
        except PoolTimeoutError as error:
            POOL_TIMEOUTS.labels(_pool_name(self)).inc()
            raise DatabaseUnavailable from error


def export_pool_metrics(engine: Engine) -> None:
    """Show an engine's pool on `/metrics` while the engine exists, labelled with its logging name."""
    POOL_TIMEOUTS.labels(_pool_name(engine.pool))
    _POOLS.engines.add(engine)


class _Pools(Collector):
    """Collects the metrics of all pools on request.

    Pools of the same name are added up. In a service there is one; in tests there are many, and a discarded engine
    drops out by itself.
    """

    def __init__(self) -> None:
        self.engines: WeakSet[Engine] = WeakSet()

    def collect(self) -> Iterable[Metric]:
        in_use, idle, size = Tally[str](), Tally[str](), Tally[str]()
        for engine in self.engines:
            # Read from the engine each time, because disposing of it replaces its pool.
            pool = engine.pool
            if isinstance(pool, QueuePool):
                name = _pool_name(pool)
                in_use[name] += pool.checkedout()
                idle[name] += pool.checkedin()
                size[name] += pool.size()
        connections = GaugeMetricFamily(
            "database_pool_connections",
            "Connections that are open, by what they do",
            labels=["pool", "state"],
        )
        sizes = GaugeMetricFamily(
            "database_pool_size", "Connections that may be open at once", labels=["pool"]
        )
        for name in size:
            connections.add_metric([name, "in_use"], in_use[name])
            connections.add_metric([name, "idle"], idle[name])
            sizes.add_metric([name], size[name])
        return [connections, sizes]


def _pool_name(pool: Pool) -> str:
    return pool.logging_name or ""


_POOLS = _Pools()
REGISTRY.register(_POOLS)
