"""A dashboard: its variables, its rows, and each panel's position on the grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    GridPos,
    Panel,
    RowPanel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards.grafana.panels import DATA_SOURCE

COLUMNS = 24
HEIGHTS = {"stat": 4}
HEIGHT = 8

DASHBOARD_TAG = "transcendence"
"""The tag by which the dashboards link to each other."""

RUNBOOKS = "../../../runbooks/"
"""A relative path, because Grafana puts its own prefix before a leading slash; too many steps up are harmless."""

LABEL_VALUES = 1
"""Type of a variable queried with `label_values(…)`, as in Grafana's own editor."""

PanelLine = Sequence[Panel]


@dataclass(frozen=True)
class Section:
    """Lines of panels under a heading; the panels of a line have the same width."""

    title: str
    lines: Sequence[PanelLine]


def make_section(title: str, *lines: PanelLine) -> Section:
    return Section(title, lines)


def make_dashboard(
    uid: str,
    title: str,
    description: str,
    variables: Sequence[builders.QueryVariable],
    *sections: Section,
) -> Dashboard:
    dashboard = (
        builders.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([DASHBOARD_TAG])
        .readonly()
        .timezone("utc")
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .annotations([])
        .variables(list(variables))
        .links([_dashboards_link(), _runbooks_link()])
        .build()
    )
    dashboard.panels = list(_positioned(sections))
    return dashboard


def query_variable(name: str, label: str, values: str) -> builders.QueryVariable:
    """Return a variable with one or several values of a query. "All" is a pattern, so every use is `=~`."""
    return (
        builders.QueryVariable(name)
        .label(label)
        .datasource(DATA_SOURCE)
        .query({"qryType": LABEL_VALUES, "query": values, "refId": "Variable"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _dashboards_link() -> builders.DashboardLink:
    return (
        builders.DashboardLink("Dashboards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([DASHBOARD_TAG])
        .include_vars(True)
        .keep_time(True)
    )


def _runbooks_link() -> builders.DashboardLink:
    # In a new tab, because Grafana treats links in its own tab as its own pages.
    return (
        builders.DashboardLink("Runbooks")
        .type(DashboardLinkType.LINK)
        .url(RUNBOOKS)
        .icon("doc")
        .tooltip("How to handle each alert")
        .target_blank(True)
    )


def _positioned(sections: Sequence[Section]) -> Iterator[Panel | RowPanel]:
    number, y = 0, 0
    for part in sections:
        number += 1
        yield RowPanel(
            id_val=number, title=part.title, grid_pos=GridPos(h=1, w=COLUMNS, x=0, y=y), panels=[]
        )
        y += 1
        for line in part.lines:
            width = COLUMNS // len(line)
            height = max(HEIGHTS.get(panel.type_val, HEIGHT) for panel in line)
            for place, panel in enumerate(line):
                number += 1
                panel.id_val = number
                panel.grid_pos = GridPos(h=height, w=width, x=place * width, y=y)
                yield panel
            y += height
