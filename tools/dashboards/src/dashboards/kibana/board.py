"""A dashboard: rows of panels, one below the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from dashboards.kibana.columns import id_of_label
from dashboards.kibana.saved_objects import Json, Reference, SavedObject, json_text

COLUMNS = 48

# In Kibana's units of about 20 pixels.
FIGURE_HEIGHT = 5
CHART_HEIGHT = 12
LOG_HEIGHT = 16

# The interesting events are rare: one hour would often be empty.
DEFAULT_START = "now-24h"
REFRESHED_EVERY_MS = 60_000


class Panel(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def panel_type(self) -> str: ...

    def config(self) -> Mapping[str, Json]: ...
    def references(self) -> Sequence[Reference]:
        """Return the panel's references, under the names that the panel uses."""


@dataclass(frozen=True)
class Row:
    height: int
    panels: Sequence[Panel]
    widths: Sequence[int]


def make_row(height: int, *panels: Panel, widths: Sequence[int] = ()) -> Row:
    """Return a row of panels, equally wide unless widths are given."""
    return Row(height, panels, widths or [COLUMNS // len(panels)] * len(panels))


def make_dashboard(
    dashboard_id: str, title: str, description: str, rows: Sequence[Row]
) -> SavedObject:
    tops = accumulate((each.height for each in rows), initial=0)
    panels = [
        (_positioned(panel, x, y, width, each.height), panel)
        for each, y in zip(rows, tops, strict=False)
        for panel, x, width in zip(
            each.panels, accumulate(each.widths, initial=0), each.widths, strict=False
        )
    ]
    return SavedObject(
        "dashboard",
        dashboard_id,
        {
            "title": title,
            "description": description,
            "panelsJSON": json_text([placed for placed, _ in panels]),
            "optionsJSON": json_text(_OPTIONS),
            "timeRestore": True,
            "timeFrom": DEFAULT_START,
            "timeTo": "now",
            "refreshInterval": {"pause": True, "value": REFRESHED_EVERY_MS},
            "kibanaSavedObjectMeta": {"searchSourceJSON": json_text(_EMPTY_SEARCH)},
            "version": 1,
        },
        [
            each._replace(name=f"{id_of_label(panel.title)}:{each.name}")
            for _, panel in panels
            for each in panel.references()
        ],
    )


def _positioned(panel: Panel, x: int, y: int, width: int, height: int) -> Json:
    name = id_of_label(panel.title)
    by_reference = [each.name for each in panel.references() if each.name == f"panel_{name}"]
    return {
        "type": panel.panel_type,
        "panelIndex": name,
        "gridData": {"x": x, "y": y, "w": width, "h": height, "i": name},
        "title": panel.title,
        "embeddableConfig": panel.config(),
        **({"panelRefName": by_reference[0]} if by_reference else {}),
    }


_OPTIONS: Json = {
    "useMargins": True,
    "hidePanelTitles": False,
    "syncColors": False,
    "syncCursor": True,
    "syncTooltips": False,
}
_EMPTY_SEARCH: Json = {"query": {"query": "", "language": "kuery"}, "filter": []}
