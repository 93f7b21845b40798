"""PromQL expressions used by several panels."""

RATE_WINDOW = "$__rate_interval"
"""Grafana makes it at least four scrapes long: a shorter window would have gaps after one lost scrape."""


def select_series(metric: str, *matchers: str) -> str:
    return f"{metric}{{{', '.join(matchers)}}}" if matchers else metric


def rate(metric: str, *matchers: str, window: str = RATE_WINDOW) -> str:
    return f"rate({select_series(metric, *matchers)}[{window}])"


def sum_by(inner: str, *by: str) -> str:
    return _aggregated("sum", inner, by)


def max_by(inner: str, *by: str) -> str:
    """Return the maximum of values that every replica reports for the same thing, where a sum would count it several
    times."""
    return _aggregated("max", inner, by)


def per_minute(metric: str, *matchers: str, by: tuple[str, ...] = ()) -> str:
    """Return a rate per minute, for events too rare for a rate per second."""
    return f"60 * {sum_by(rate(metric, *matchers), *by)}"


def share(part: str, whole: str, *by: str) -> str:
    """Return the share of a part in the whole: 0 if the part never occurred, no value if nothing occurred."""
    everything = sum_by(whole, *by)
    return f"({sum_by(part, *by)} or 0 * {everything}) / ({everything} > 0)"


def percentile(
    quantile: float,
    histogram: str,
    *matchers: str,
    by: tuple[str, ...] = (),
    window: str = RATE_WINDOW,
) -> str:
    buckets = sum_by(rate(f"{histogram}_bucket", *matchers, window=window), "le", *by)
    return f"histogram_quantile({quantile}, {buckets})"


def top_values(count: int, inner: str) -> str:
    return f"topk({count}, {inner})"


def _aggregated(function: str, inner: str, by: tuple[str, ...]) -> str:
    return f"{function} by ({', '.join(by)}) ({inner})" if by else f"{function}({inner})"
