"""The PromQL that panels have in common."""

WINDOW = "$__rate_interval"
"""Grafana makes it at least four scrapes long: a shorter window misses what one lost scrape leaves out."""


def select(metric: str, *matchers: str) -> str:
    return f"{metric}{{{', '.join(matchers)}}}" if matchers else metric


def rate(metric: str, *matchers: str, window: str = WINDOW) -> str:
    return f"rate({select(metric, *matchers)}[{window}])"


def total(inner: str, *by: str) -> str:
    return _aggregated("sum", inner, by)


def largest(inner: str, *by: str) -> str:
    """For what every replica tells of the same thing, where a sum would count it once for each."""
    return _aggregated("max", inner, by)


def per_minute(metric: str, *matchers: str, by: tuple[str, ...] = ()) -> str:
    """For what happens too rarely to be read as so many a second."""
    return f"60 * {total(rate(metric, *matchers), *by)}"


def share(part: str, whole: str, *by: str) -> str:
    """How much of the whole is the part: 0 where that part never came, nothing where nothing came at all."""
    everything = total(whole, *by)
    return f"({total(part, *by)} or 0 * {everything}) / ({everything} > 0)"


def percentile(
    quantile: float, histogram: str, *matchers: str, by: tuple[str, ...] = (), window: str = WINDOW
) -> str:
    buckets = total(rate(f"{histogram}_bucket", *matchers, window=window), "le", *by)
    return f"histogram_quantile({quantile}, {buckets})"


def top(count: int, inner: str) -> str:
    return f"topk({count}, {inner})"


def _aggregated(function: str, inner: str, by: tuple[str, ...]) -> str:
    return f"{function} by ({', '.join(by)}) ({inner})" if by else f"{function}({inner})"
