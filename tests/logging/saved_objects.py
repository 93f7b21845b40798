"""Kibana's saved objects in the file, including the JSON that they store as strings."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
"""Any JSON; its parts get types where they are read."""

FILE = Path(__file__).parents[2] / "ops/elk/kibana/objects.ndjson"

LAYER_REFERENCE = "indexpattern-datasource-layer-"
SEARCH_REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def objects(kind: str | None = None) -> list[Json]:
    read = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [each for each in read if kind in {None, each["type"]}]


def titles() -> dict[str, str]:
    """Return the title (streams) of each data view."""
    return {each["id"]: each["attributes"]["title"] for each in objects("index-pattern")}


def panels(dashboard: Json) -> list[Json]:
    return list(json.loads(dashboard["attributes"]["panelsJSON"]))


def markdown(panel: Json) -> str:
    return str(panel["embeddableConfig"]["savedVis"]["params"]["markdown"])


def source(search: Json) -> Json:
    found: Json = json.loads(search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    return found


def formats(view: Json) -> dict[str, Json]:
    return dict(json.loads(view["attributes"]["fieldFormatMap"]))


@dataclass(frozen=True)
class Layer:
    """A layer of a chart: its query of one data view."""

    panel: Json
    name: str
    view: str
    layer: Json

    @property
    def attributes(self) -> Json:
        found: Json = self.panel["embeddableConfig"]["attributes"]
        return found

    @property
    def columns(self) -> dict[str, Json]:
        return dict(self.layer["columns"])

    def queries(self) -> Iterator[str]:
        """Yield the queries of the chart, its columns and groups."""
        yield self.attributes["state"]["query"]["query"]
        for column in self.columns.values():
            if "filter" in column:
                yield column["filter"]["query"]
            for group in column["params"].get("filters", ()):
                yield group["input"]["query"]

    def accessors(self) -> set[str]:
        """Return the columns that the visualisation refers to."""
        shown = self.attributes["state"]["visualization"]
        drawn = [shown, *shown.get("layers", ())]
        one = ("metricAccessor", "xAccessor", "splitAccessor")
        found = {each[name] for each in drawn for name in one if name in each}
        found |= {name for each in drawn for name in each.get("accessors", ())}
        return found | {each["columnId"] for each in shown.get("columns", ())}


def layers() -> Iterator[Layer]:
    for dashboard in objects("dashboard"):
        for panel in panels(dashboard):
            if panel["type"] == "lens":
                yield from _layers(panel)


def _layers(panel: Json) -> Iterator[Layer]:
    attributes = panel["embeddableConfig"]["attributes"]
    views = {each["name"]: each["id"] for each in attributes["references"]}
    for name, layer in attributes["state"]["datasourceStates"]["formBased"]["layers"].items():
        yield Layer(panel, name, views[LAYER_REFERENCE + name], layer)
