"""Grafana's panels and their positions."""

import json
from typing import Any

import pytest
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.grafana import palette
from dashboards.grafana.board import make_dashboard, make_section, query_variable
from dashboards.grafana.panels import (
    Query,
    figure_panel,
    line_panel,
    ranking_panel,
    thresholds_above,
    thresholds_below,
)

Json = dict[str, Any]


def as_json(built: object) -> Json:
    read: Json = json.loads(json.dumps(built, cls=JSONEncoder))
    return read


def line(title: str) -> Panel:
    return line_panel(title, "Tells something.", "short", Query("up", "{{service}}"))


def test_rows_stack_and_panels_of_a_row_share_the_width() -> None:
    built = as_json(
        make_dashboard(
            "one",
            "One",
            "",
            [],
            make_section("First", [line("a"), line("b"), line("c")], [line("d")]),
        )
    )
    places = {panel["title"]: panel["gridPos"] for panel in built["panels"]}
    assert places == {
        "First": {"x": 0, "y": 0, "w": 24, "h": 1},
        "a": {"x": 0, "y": 1, "w": 8, "h": 8},
        "b": {"x": 8, "y": 1, "w": 8, "h": 8},
        "c": {"x": 16, "y": 1, "w": 8, "h": 8},
        "d": {"x": 0, "y": 9, "w": 24, "h": 8},
    }


def test_a_variable_starts_with_all_values_as_a_pattern() -> None:
    values = query_variable("service", "Service", 'label_values(up{job="services"}, service)')
    (built,) = as_json(make_dashboard("one", "One", "", [values]))["templating"]["list"]
    assert built["current"] == {"selected": True, "text": ["All"], "value": ["$__all"]}
    assert built["allValue"] == ".*"


def test_series_with_an_own_colour_have_it_on_every_panel() -> None:
    drawn = as_json(line_panel("a", "", "short", Query("up", "{{class}}"), Query("up", "p95")))
    colours = {
        override["matcher"]["options"]: override["properties"][0]["value"]["fixedColor"]
        for override in drawn["fieldConfig"]["overrides"]
    }
    assert colours == {**palette.COLOURS_BY_LABEL["class"], "p95": palette.COLOURS_BY_NAME["p95"]}


def test_a_limit_is_a_dashed_line() -> None:
    defaults = as_json(line_panel("a", "", "s", Query("up", "p95"), limit=0.25))["fieldConfig"][
        "defaults"
    ]
    assert defaults["custom"]["thresholdsStyle"] == {"mode": "dashed"}
    assert defaults["thresholds"]["steps"][-1] == {"value": 0.25, "color": palette.RED}


@pytest.mark.parametrize(
    ("thresholds", "colours"),
    [
        (thresholds_above(1, 2), [palette.PHOSPHOR, palette.AMBER, palette.RED]),
        (thresholds_below(2, 1), [palette.RED, palette.AMBER, palette.PHOSPHOR]),
    ],
)
def test_a_figure_turns_amber_before_it_turns_red(
    thresholds: ThresholdsConfig, colours: list[str]
) -> None:
    built = as_json(figure_panel("a", "", "short", Query("up", "up"), thresholds))
    steps = built["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step["color"] for step in steps] == colours
    assert [step["value"] for step in steps] == [None, 1, 2]


def test_a_ranking_uses_one_query_for_the_whole_period() -> None:
    (target,) = as_json(ranking_panel("a", "", "short", Query("up", "{{path}}")))["targets"]
    assert (target["instant"], target["range"]) == (True, False)
