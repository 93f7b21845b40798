"""The components of Kibana's saved objects."""

import json
from typing import Any

import pytest

from dashboards.kibana import data_views, links
from dashboards.kibana.board import make_dashboard, make_row
from dashboards.kibana.charts import Chart, bar_chart, figure_chart, table_chart, time_chart
from dashboards.kibana.columns import (
    CountColumn,
    PercentileColumn,
    QueryGroupsColumn,
    TopValuesColumn,
    id_of_label,
)
from dashboards.kibana.link_panels import SearchPanel
from dashboards.kibana.saved_objects import SavedObject, ndjson_of

REQUESTS = CountColumn("Requests")


def chart(title: str) -> Chart:
    return figure_chart(data_views.APPLICATION_VIEW, CountColumn(title), "a figure")


def panels_of(board: SavedObject) -> list[dict[str, Any]]:
    text = board.attributes["panelsJSON"]
    assert isinstance(text, str)
    return list(json.loads(text))


def layer_of(one: Chart) -> dict[str, Any]:
    text = json.dumps(one.config())
    layers = json.loads(text)["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]
    return dict(layers["layer"])


def test_rows_stack_and_panels_share_the_width_by_default() -> None:
    board = make_dashboard(
        "board",
        "Board",
        "A board.",
        [
            make_row(5, chart("One"), chart("Two"), chart("Three")),
            make_row(12, chart("Four"), chart("Five"), widths=(32, 16)),
        ],
    )
    places = [panel["gridData"] for panel in panels_of(board)]
    assert [(place["x"], place["y"], place["w"], place["h"]) for place in places] == [
        (0, 0, 16, 5),
        (16, 0, 16, 5),
        (32, 0, 16, 5),
        (0, 5, 32, 12),
        (32, 5, 16, 12),
    ]


def test_a_dashboard_repeats_the_references_of_its_panels_under_their_names() -> None:
    board = make_dashboard(
        "board",
        "Board",
        "A board.",
        [make_row(5, chart("One"), SearchPanel("Last ones", "a-search"))],
    )
    assert [tuple(each) for each in board.references] == [
        ("one:indexpattern-datasource-layer-layer", "index-pattern", data_views.APPLICATION_VIEW),
        ("last-ones:panel_last-ones", "search", "a-search"),
    ]
    assert panels_of(board)[1]["panelRefName"] == "panel_last-ones"


def test_groups_are_ordered_by_the_first_figure_by_default() -> None:
    client = TopValuesColumn("Client", "client.ip", kind="ip")
    route = TopValuesColumn("Route", "url.path", by="p95")
    slow = PercentileColumn("p95", "event.duration", 95)
    columns = layer_of(
        table_chart("T", "A table.", data_views.APPLICATION_VIEW, client, route, REQUESTS, slow)
    )["columns"]
    assert columns["client"]["params"]["orderBy"]["columnId"] == "requests"
    assert columns["route"]["params"]["orderBy"]["columnId"] == "p95"


@pytest.mark.parametrize(
    "drawn",
    [
        time_chart(
            "T",
            "Over time.",
            data_views.APPLICATION_VIEW,
            REQUESTS,
            split=QueryGroupsColumn("G", {"a": "b : c"}),
        ),
        bar_chart(
            "T",
            "Bars.",
            data_views.APPLICATION_VIEW,
            TopValuesColumn("Status", "http.response.status_code"),
            REQUESTS,
        ),
    ],
)
def test_groups_come_before_figures(drawn: Chart) -> None:
    layer = layer_of(drawn)
    bucketed = [layer["columns"][name]["isBucketed"] for name in layer["columnOrder"]]
    assert bucketed == sorted(bucketed, reverse=True)


def test_groups_over_time_are_chosen_from_the_whole_period() -> None:
    drawn = time_chart(
        "T",
        "A.",
        data_views.APPLICATION_VIEW,
        REQUESTS,
        split=TopValuesColumn("Reason", "event.reason"),
    )
    assert layer_of(drawn)["columnOrder"] == ["reason", "time", "requests"]


def test_documents_without_the_field_are_counted_only_on_request() -> None:
    """Kibana ignores missingBucket unless otherBucket is set too."""
    for missing in (False, True):
        player = TopValuesColumn("Player", "user.id", missing=missing)
        params = layer_of(table_chart("T", "A.", data_views.APPLICATION_VIEW, player, REQUESTS))[
            "columns"
        ]["player"]["params"]
        assert (params["otherBucket"], params["missingBucket"]) == (missing, missing)


def test_kibana_fills_in_only_the_value_of_a_link() -> None:
    address = links.answered_search_address(
        "a-search", f'a.b : "{links.VALUE_PLACEHOLDER}" or c : *{links.VALUE_PLACEHOLDER}*'
    )
    assert address == (
        "/kibana/app/discover#/view/a-search?_a=(query:(language:kuery,query:"
        "'a.b%20%3A%20%22{{value}}%22%20or%20c%20%3A%20%2A{{value}}%2A'))"
    )


def test_a_key_is_derived_from_a_label() -> None:
    assert id_of_label("p95") == "p95"
    assert id_of_label("operators' pages") == "operators-pages"
    assert id_of_label("Who tries to sign in?") == "who-tries-to-sign-in"


def test_an_object_is_one_reproducible_line() -> None:
    each = SavedObject("index-pattern", "a", {"title": "b\nc", "name": "é"})
    assert ndjson_of([each, each]).count("\n") == 2
    assert ndjson_of([each]) == ndjson_of([each])
    assert "é" in ndjson_of([each])
