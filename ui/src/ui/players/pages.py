"""What is shown of players."""

from typing import ClassVar, Final

from ui.clients.history import Match, Totals
from ui.clients.profiles import FoundPlayer, Profile
from ui.pages import Page

SHORTEST_QUERY: Final = 2


class PlayerPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "players/player.html"
    parts: ClassVar[tuple[str, ...]] = ("friendship",)

    profile: Profile
    totals: Totals | None
    """None where history is not answering, or knows nothing of the player."""
    matches: list[Match] | None
    """None where history is not answering; visitors are not shown any."""


class PlayersPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "players/search.html"
    parts: ClassVar[tuple[str, ...]] = ("players_found",)

    query: str
    found: list[FoundPlayer] | None
    """None where nothing was looked for."""
    has_more: bool = False
    shortest_query: int = SHORTEST_QUERY
