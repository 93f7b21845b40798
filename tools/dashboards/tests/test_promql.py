"""PromQL expressions used by several panels."""

from dashboards.grafana import promql


def test_a_rate_uses_grafanas_interval() -> None:
    assert promql.rate("a_total", 'b="c"') == 'rate(a_total{b="c"}[$__rate_interval])'


def test_a_selector_without_labels_is_the_bare_name() -> None:
    assert promql.select_series("up") == "up"
    assert promql.select_series("up", 'a="b"', 'c="d"') == 'up{a="b", c="d"}'


def test_the_share_of_a_missing_part_is_zero() -> None:
    assert promql.share("part", "whole", "service") == (
        "(sum by (service) (part) or 0 * sum by (service) (whole)) / (sum by (service) (whole) > 0)"
    )


def test_a_percentile_groups_by_bucket() -> None:
    assert promql.percentile(0.95, "a_seconds", by=("path",)) == (
        "histogram_quantile(0.95, sum by (le, path) (rate(a_seconds_bucket[$__rate_interval])))"
    )


def test_values_that_every_replica_reports_are_not_summed() -> None:
    assert promql.max_by("waiting", "topic") == "max by (topic) (waiting)"
    assert promql.max_by("waiting") == "max(waiting)"
