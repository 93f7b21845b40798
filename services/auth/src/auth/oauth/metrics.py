"""What operators watch."""

from prometheus_client import Counter

VISITS = Counter(
    "auth_oauth_visits",
    "Visits to other providers that came back, by provider and how they ended: an outcome, or a problem's code",
    ["provider", "result"],
)
