"""Prometheus metrics of requests by route template, duration and status, at /metrics on each service's own port."""

from litestar.middleware import DefineMiddleware
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController

DURATION_BUCKETS_SECONDS: list[str | float] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
]  # fmt: skip
"""From a cached read to callers' time limit; the latency objective of 250 ms is one of the bounds."""

STAYS_OPEN = "stays_open"
"""The `opt` of handlers that are not counted: the duration of a stream says nothing about the speed of answers."""


class MetricsController(PrometheusController):
    opt = {"exclude_from_auth": True}  # noqa: RUF012 - Litestar's own class attribute
    include_in_schema = False


def metrics_middleware(service: str) -> DefineMiddleware:
    """Return Litestar's Prometheus middleware, grouped by route template so that labels stay bounded."""
    return PrometheusConfig(
        app_name=service,
        prefix="http",
        group_path=True,
        exclude=["^/metrics", "^/health", "^/watchman"],
        exclude_opt_key=STAYS_OPEN,
        buckets=DURATION_BUCKETS_SECONDS,
    ).middleware
