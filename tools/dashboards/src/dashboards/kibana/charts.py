"""Kinds of Lens charts: a figure, a chart over time, bars, a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.kibana.columns import (
    Column,
    QueryGroupsColumn,
    TimeIntervalsColumn,
    TopValuesColumn,
    id_of_label,
)
from dashboards.kibana.data_views import data_view_reference
from dashboards.kibana.saved_objects import Json, Reference

LAYER_ID = "layer"

STATUS_PALETTE = "status"
"""Kibana's palette from green to red, for groups ordered from good to bad."""


@dataclass(frozen=True)
class Chart:
    title: str
    description: str
    view: str
    query: str
    columns: Sequence[Column]
    visualization_type: str
    visualization: Mapping[str, Json]
    names_itself: bool = False

    panel_type = "lens"

    def references(self) -> Sequence[Reference]:
        return [data_view_reference(f"indexpattern-datasource-layer-{LAYER_ID}", self.view)]

    def config(self) -> Mapping[str, Json]:
        hidden: Mapping[str, Json] = {"hidePanelTitles": True} if self.names_itself else {}
        return {"attributes": self._attributes(), "enhancements": {}, **hidden}

    def _attributes(self) -> Json:
        return {
            "title": self.title,
            "description": self.description,
            "type": "lens",
            "visualizationType": self.visualization_type,
            "references": [each.as_json() for each in self.references()],
            "state": {
                "query": {"query": self.query, "language": "kuery"},
                "filters": [],
                "internalReferences": [],
                "adHocDataViews": {},
                "datasourceStates": {"formBased": {"layers": {LAYER_ID: self._layer()}}},
                "visualization": self.visualization,
            },
        }

    def _layer(self) -> Json:
        order_by = id_of_label(next(each.label for each in self.columns if not each.bucketed))
        return {
            "columnOrder": [id_of_label(each.label) for each in self.columns],
            "columns": {id_of_label(each.label): each.as_lens(order_by) for each in self.columns},
            "incompleteColumns": {},
        }


def figure_chart(view: str, column: Column, note: str, *, query: str = "") -> Chart:
    """Return a chart with one large number, under the name of its column."""
    shown: Mapping[str, Json] = {
        "layerId": LAYER_ID,
        "layerType": "data",
        "metricAccessor": id_of_label(column.label),
        "subtitle": note,
    }
    return Chart(column.label, note, view, query, [column], "lnsMetric", shown, names_itself=True)


def time_chart(
    title: str,
    description: str,
    view: str,
    *metrics: Column,
    split: TopValuesColumn | QueryGroupsColumn | None = None,
    query: str = "",
    series: str = "bar_stacked",
    palette: str | None = None,
) -> Chart:
    time = TimeIntervalsColumn()
    # Groups before time, so that they are the most frequent of the whole range; otherwise each bar would have its own
    # groups.
    columns: list[Column] = [*([split] if split else []), time, *metrics]
    layer = _xy_layer(series, time, metrics, split, palette)
    return Chart(title, description, view, query, columns, "lnsXY", _xy_axes(series, layer))


def bar_chart(
    title: str,
    description: str,
    view: str,
    groups: TopValuesColumn | QueryGroupsColumn,
    metric: Column,
    *,
    query: str = "",
) -> Chart:
    """Return a chart of horizontal bars, the longest first."""
    series = "bar_horizontal"
    layer = _xy_layer(series, groups, [metric])
    return Chart(
        title, description, view, query, [groups, metric], "lnsXY", _xy_axes(series, layer)
    )


def table_chart(
    title: str, description: str, view: str, *columns: Column, query: str = ""
) -> Chart:
    """Return a table with a row for each group; the grouping columns come first."""
    shown: Mapping[str, Json] = {
        "layerId": LAYER_ID,
        "layerType": "data",
        "columns": [{"columnId": id_of_label(each.label)} for each in columns],
    }
    return Chart(title, description, view, query, columns, "lnsDatatable", shown)


def _xy_layer(
    series: str,
    along: Column,
    metrics: Sequence[Column],
    split: Column | None = None,
    palette: str | None = None,
) -> Json:
    return {
        "layerId": LAYER_ID,
        "layerType": "data",
        "seriesType": series,
        "xAccessor": id_of_label(along.label),
        "accessors": [id_of_label(each.label) for each in metrics],
        **({"splitAccessor": id_of_label(split.label)} if split else {}),
        **({"palette": {"type": "palette", "name": palette}} if palette else {}),
    }


def _xy_axes(series: str, layer: Json) -> Mapping[str, Json]:
    return {
        "preferredSeriesType": series,
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        # A panel's title already names them, and the space is needed.
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "layers": [layer],
    }
