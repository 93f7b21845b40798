"""The PromQL that panels have in common, as text."""

from dashboards.grafana import promql


def test_a_rate_has_the_window_that_grafana_chooses() -> None:
    assert promql.rate("a_total", 'b="c"') == 'rate(a_total{b="c"}[$__rate_interval])'


def test_what_is_chosen_by_nothing_is_the_bare_name() -> None:
    assert promql.select("up") == "up"
    assert promql.select("up", 'a="b"', 'c="d"') == 'up{a="b", c="d"}'


def test_a_part_that_never_came_is_none_of_the_whole() -> None:
    assert promql.share("part", "whole", "service") == (
        "(sum by (service) (part) or 0 * sum by (service) (whole)) / (sum by (service) (whole) > 0)"
    )


def test_a_percentile_keeps_the_buckets_apart() -> None:
    assert promql.percentile(0.95, "a_seconds", by=("path",)) == (
        "histogram_quantile(0.95, sum by (le, path) (rate(a_seconds_bucket[$__rate_interval])))"
    )


def test_what_every_replica_tells_is_not_added_up() -> None:
    assert promql.largest("waiting", "topic") == "max by (topic) (waiting)"
    assert promql.largest("waiting") == "max(waiting)"
