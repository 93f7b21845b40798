"""How long requests take, and which of them say something about it."""

from dashboards.kibana.columns import Percentile

DURATION = "event.duration"

# Streams and sockets are open for as long as a page is, which says nothing about speed.
SHORT = (
    "not http.response.status_code : 101 and "
    "not url.path : (/live or */events or */events/ or */play or */play/ or */watch or */watch/)"
)


def percentile(percent: int) -> Percentile:
    return Percentile(f"p{percent}", DURATION, percent)


def percentiles() -> list[Percentile]:
    """What half, 95 % and 99 % of the requests take at most."""
    return [percentile(each) for each in (50, 95, 99)]
