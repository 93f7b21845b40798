"""Percentiles of request durations, and the requests they are computed from."""

from dashboards.kibana.columns import Percentile

DURATION = "event.duration"

# Without streams and sockets, which stay open as long as a page and say nothing about speed.
SHORT = (
    "not http.response.status_code : 101 and "
    "not url.path : (/live or */events or */events/ or */play or */play/ or */watch or */watch/)"
)


def percentile(percent: int) -> Percentile:
    return Percentile(f"p{percent}", DURATION, percent)


def percentiles() -> list[Percentile]:
    """Return the durations below which 50 %, 95 % and 99 % of the requests are."""
    return [percentile(each) for each in (50, 95, 99)]
