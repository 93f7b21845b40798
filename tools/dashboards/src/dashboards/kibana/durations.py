"""Percentiles of request durations, and the requests they are computed from."""

from dashboards.kibana.columns import PercentileColumn

DURATION_FIELD = "event.duration"

# Without streams and sockets, which stay open as long as a page and say nothing about speed.
SHORT_REQUESTS_QUERY = (
    "not http.response.status_code : 101 and "
    "not url.path : (/live or */events or */events/ or */play or */play/ or */watch or */watch/)"
)


def percentile_column(percent: int) -> PercentileColumn:
    return PercentileColumn(f"p{percent}", DURATION_FIELD, percent)


def percentile_columns() -> list[PercentileColumn]:
    """Return the durations below which 50 %, 95 % and 99 % of the requests are."""
    return [percentile_column(each) for each in (50, 95, 99)]
