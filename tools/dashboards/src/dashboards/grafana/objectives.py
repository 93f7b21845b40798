"""Service level objectives over 30 days (docs/monitoring.md), and the remaining error budgets."""

from dashboards.grafana.promql import select, total

PERIOD = "30d"
FAULTS_ALLOWED = 0.001
SLOW_ALLOWED = 0.01
FAST_ENOUGH_SECONDS = 0.25
FAST_ENOUGH = 'le="0.25"'
# The answers of operators' tools do not count.
FOR_PLAYERS = 'upstream!="operators"'


def faults_left(answers: str, *matchers: str) -> str:
    everything = _all(answers, "upstream", FOR_PLAYERS, *matchers)
    faults = _all(answers, "upstream", FOR_PLAYERS, *matchers, 'class="5xx"')
    return _left(f"({faults} or 0 * {everything})", everything, FAULTS_ALLOWED)


def slowness_left(duration: str, *matchers: str) -> str:
    everything = _all(f"{duration}_count", "service", *matchers)
    fast = _all(f"{duration}_bucket", "service", *matchers, FAST_ENOUGH)
    return _left(f"({everything} - {fast})", everything, SLOW_ALLOWED)


def _left(bad: str, everything: str, allowed: float) -> str:
    """Return the remaining share of a budget; without any requests, all of it."""
    return f"1 - {bad} / clamp_min({everything}, 1) / {allowed}"


def _all(counter: str, by: str, *matchers: str) -> str:
    return total(f"increase({select(counter, *matchers)}[{PERIOD}])", by)
