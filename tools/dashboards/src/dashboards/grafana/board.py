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

from dashboards.grafana.panels import SOURCE

COLUMNS = 24
HEIGHTS = {"stat": 4}
HEIGHT = 8

OURS = "transcendence"
"""The tag by which the dashboards link to each other."""

RUNBOOKS = "../../../runbooks/"
"""A relative path, because Grafana puts its own prefix before a leading slash; too many steps up are harmless."""

LABEL_VALUES = 1
"""Type of a variable queried with `label_values(…)`, as in Grafana's own editor."""

Line = Sequence[Panel]


@dataclass(frozen=True)
class Section:
    """Lines of panels under a heading; the panels of a line have the same width."""

    title: str
    lines: Sequence[Line]


def section(title: str, *lines: Line) -> Section:
    return Section(title, lines)


def board(
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
        .tags([OURS])
        .readonly()
        .timezone("utc")
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .annotations([])
        .variables(list(variables))
        .links([_link_to_boards(), _link_to_runbooks()])
        .build()
    )
    dashboard.panels = list(_placed(sections))
    return dashboard


def variable(name: str, label: str, values: str) -> builders.QueryVariable:
    """Return a variable with one or several values of a query. "All" is a pattern, so every use is `=~`."""
    return (
        builders.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"qryType": LABEL_VALUES, "query": values, "refId": "Variable"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _link_to_boards() -> builders.DashboardLink:
    return (
        builders.DashboardLink("Dashboards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([OURS])
        .include_vars(True)
        .keep_time(True)
    )


def _link_to_runbooks() -> builders.DashboardLink:
    # In a new tab, because Grafana treats links in its own tab as its own pages.
    return (
        builders.DashboardLink("Runbooks")
        .type(DashboardLinkType.LINK)
        .url(RUNBOOKS)
        .icon("doc")
        .tooltip("How to handle each alert")
        .target_blank(True)
    )


def _placed(sections: Sequence[Section]) -> Iterator[Panel | RowPanel]:
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
