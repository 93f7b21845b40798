"""What is shown of one match of a tournament, and of a tournament at one keyboard."""

from typing import ClassVar
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import StandingDetails, TournamentDetails
from ui.pages import Page
from ui.pairings.view import PairingView


class PairingPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "pairings/pairing.html"
    parts: ClassVar[tuple[str, ...]] = ("pairing",)

    tournament_id: UUID
    number: int
    view: PairingView
    tournament: TournamentDetails | None = None
    """None where only the part is asked for, which says nothing of it."""
    round: str = ""
    elsewhere: UUID | None = None
    """A match of the reader's that has to end before they can be ready."""


class Announced(msgspec.Struct, frozen=True):
    left: str
    right: str


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """The match that is to be played now, and some that come after it."""

    number: int
    round: str
    played: int
    """How many matches were played before."""
    left: str
    right: str
    begun: bool
    """Once before, and not brought to its end."""
    then: list[Announced]


class HotseatPage(Page, frozen=True, kw_only=True):
    """Where the matches of a hotseat tournament are announced and played."""

    template: ClassVar[str] = "pairings/hotseat.html"

    tournament: TournamentDetails
    next: Announcement
    owner: str
    """Whose unsent matches the tab keeps under what name."""
    player_name: str


class Ranked(msgspec.Struct, frozen=True):
    name: str
    standing: StandingDetails


class RankingPage(Page, frozen=True, kw_only=True):
    """A hotseat tournament in which nothing is to be played: over, or stuck."""

    template: ClassVar[str] = "pairings/ranking.html"

    tournament: TournamentDetails
    ranking: list[Ranked]
