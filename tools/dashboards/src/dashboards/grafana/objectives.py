"""Service level objectives over 30 days (docs/monitoring.md), and the remaining error budgets."""

from dashboards.grafana.promql import select_series, sum_by

PERIOD = "30d"
FAULTS_ALLOWED = 0.001
SLOW_ALLOWED = 0.01
FAST_ENOUGH_SECONDS = 0.25
FAST_ENOUGH_BUCKET = 'le="0.25"'
# The answers of operators' tools do not count.
PLAYER_UPSTREAMS = 'upstream!="operators"'


def error_budget_left(answers: str, *matchers: str) -> str:
    everything = _increase_over_period(answers, "upstream", PLAYER_UPSTREAMS, *matchers)
    faults = _increase_over_period(answers, "upstream", PLAYER_UPSTREAMS, *matchers, 'class="5xx"')
    return _budget_left(f"({faults} or 0 * {everything})", everything, FAULTS_ALLOWED)


def latency_budget_left(duration: str, *matchers: str) -> str:
    everything = _increase_over_period(f"{duration}_count", "service", *matchers)
    fast = _increase_over_period(f"{duration}_bucket", "service", *matchers, FAST_ENOUGH_BUCKET)
    return _budget_left(f"({everything} - {fast})", everything, SLOW_ALLOWED)


def _budget_left(bad: str, everything: str, allowed: float) -> str:
    """Return the remaining share of a budget; without any requests, all of it."""
    return f"1 - {bad} / clamp_min({everything}, 1) / {allowed}"


def _increase_over_period(counter: str, by: str, *matchers: str) -> str:
    return sum_by(f"increase({select_series(counter, *matchers)}[{PERIOD}])", by)
