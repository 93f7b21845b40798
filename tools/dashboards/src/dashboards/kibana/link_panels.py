"""Panels with links to other pages, and panels of saved searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.kibana import links
from dashboards.kibana.columns import id_of_label
from dashboards.kibana.saved_objects import Json, Reference

HEIGHT = 5

_FONT_POINTS = 12
_HOW_TO_READ = (
    "Choose the time at the top right. Click a bar, or the plus next to a value, to filter the whole page by it. "
    "The ID of a request, match or player links to all lines about it."
)


@dataclass(frozen=True)
class LinkPanel:
    """A panel of Markdown with links."""

    elsewhere: Mapping[str, str]

    title = "Links"
    panel_type = "visualization"

    def references(self) -> Sequence[Reference]:
        return []

    def config(self) -> Mapping[str, Json]:
        return {
            "hidePanelTitles": True,
            "enhancements": {},
            "savedVis": {
                "title": self.title,
                "description": "",
                "type": "markdown",
                "params": {
                    "markdown": self._markdown(),
                    "fontSize": _FONT_POINTS,
                    "openLinksInNewTab": False,
                },
                "uiState": {},
                "data": {
                    "aggs": [],
                    "searchSource": {"query": {"query": "", "language": "kuery"}, "filter": []},
                },
            },
        }

    def _markdown(self) -> str:
        everywhere = {
            "Errors": links.search_address(links.ERRORS),
            "One request": links.search_address(links.REQUEST),
            "One match": links.search_address(links.MATCH),
            "One player": links.search_address(links.PLAYER),
            "Runbooks": links.RUNBOOKS,
        }
        ways = {**self.elsewhere, **everywhere}
        return " · ".join(f"[{name}]({to})" for name, to in ways.items()) + f"\n\n{_HOW_TO_READ}"


@dataclass(frozen=True)
class SearchPanel:
    """A panel of the lines that a saved search finds."""

    title: str
    search: str

    panel_type = "search"

    def references(self) -> Sequence[Reference]:
        return [Reference(f"panel_{id_of_label(self.title)}", "search", self.search)]

    def config(self) -> Mapping[str, Json]:
        return {"enhancements": {}}
