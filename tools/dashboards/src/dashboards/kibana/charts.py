"""Kinds of Lens charts: a figure, a chart over time, bars, a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.kibana.columns import Column, Groups, OverTime, Top, key
from dashboards.kibana.data_views import reference
from dashboards.kibana.saved_objects import Json, Reference

LAYER = "layer"

STATUS = "status"
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
        return [reference(f"indexpattern-datasource-layer-{LAYER}", self.view)]

    def config(self) -> Mapping[str, Json]:
        hidden: Mapping[str, Json] = {"hidePanelTitles": True} if self.names_itself else {}
        return {"attributes": self._attributes(), "enhancements": {}, **hidden}

    def _attributes(self) -> Json:
        return {
            "title": self.title,
            "description": self.description,
            "type": "lens",
            "visualizationType": self.visualization_type,
            "references": [each.json() for each in self.references()],
            "state": {
                "query": {"query": self.query, "language": "kuery"},
                "filters": [],
                "internalReferences": [],
                "adHocDataViews": {},
                "datasourceStates": {"formBased": {"layers": {LAYER: self._layer()}}},
                "visualization": self.visualization,
            },
        }

    def _layer(self) -> Json:
        order_by = key(next(each.label for each in self.columns if not each.bucketed))
        return {
            "columnOrder": [key(each.label) for each in self.columns],
            "columns": {key(each.label): each.lens(order_by) for each in self.columns},
            "incompleteColumns": {},
        }


def figure(view: str, column: Column, note: str, *, query: str = "") -> Chart:
    """Return a chart with one large number, under the name of its column."""
    shown: Mapping[str, Json] = {
        "layerId": LAYER,
        "layerType": "data",
        "metricAccessor": key(column.label),
        "subtitle": note,
    }
    return Chart(column.label, note, view, query, [column], "lnsMetric", shown, names_itself=True)


def over_time(
    title: str,
    description: str,
    view: str,
    *metrics: Column,
    split: Top | Groups | None = None,
    query: str = "",
    series: str = "bar_stacked",
    palette: str | None = None,
) -> Chart:
    time = OverTime()
    # Groups before time, so that they are the most frequent of the whole range; otherwise each bar would have its own
    # groups.
    columns: list[Column] = [*([split] if split else []), time, *metrics]
    layer = _series(series, time, metrics, split, palette)
    return Chart(title, description, view, query, columns, "lnsXY", _axes(series, layer))


def bars(
    title: str,
    description: str,
    view: str,
    groups: Top | Groups,
    metric: Column,
    *,
    query: str = "",
) -> Chart:
    """Return a chart of horizontal bars, the longest first."""
    series = "bar_horizontal"
    layer = _series(series, groups, [metric])
    return Chart(title, description, view, query, [groups, metric], "lnsXY", _axes(series, layer))


def table(title: str, description: str, view: str, *columns: Column, query: str = "") -> Chart:
    """Return a table with a row for each group; the grouping columns come first."""
    shown: Mapping[str, Json] = {
        "layerId": LAYER,
        "layerType": "data",
        "columns": [{"columnId": key(each.label)} for each in columns],
    }
    return Chart(title, description, view, query, columns, "lnsDatatable", shown)


def _series(
    series: str,
    along: Column,
    metrics: Sequence[Column],
    split: Column | None = None,
    palette: str | None = None,
) -> Json:
    return {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": series,
        "xAccessor": key(along.label),
        "accessors": [key(each.label) for each in metrics],
        **({"splitAccessor": key(split.label)} if split else {}),
        **({"palette": {"type": "palette", "name": palette}} if palette else {}),
    }


def _axes(series: str, layer: Json) -> Mapping[str, Json]:
    return {
        "preferredSeriesType": series,
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        # A panel's title already names them, and the space is needed.
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "layers": [layer],
    }
