"""Contexts of the pages of a pairing and of a hotseat tournament."""

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
    """None if only the part is requested, which does not show it."""
    round: str = ""
    elsewhere: UUID | None = None
    """Another match of the player, which must end before they can be ready."""


class Announced(msgspec.Struct, frozen=True):
    left: str
    right: str


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """The match to be played now, and some that follow."""

    number: int
    round: str
    played: int
    """The number of matches played before."""
    left: str
    right: str
    begun: bool
    """Whether the match was begun before and not finished."""
    then: list[Announced]


class HotseatPage(Page, frozen=True, kw_only=True):
    """The page on which matches of a hotseat tournament are announced and played."""

    template: ClassVar[str] = "pairings/hotseat.html"

    tournament: TournamentDetails
    next: Announcement
    owner: str
    """The key under which the browser tab stores unsent matches."""
    player_name: str


class Ranked(msgspec.Struct, frozen=True):
    name: str
    standing: StandingDetails


class RankingPage(Page, frozen=True, kw_only=True):
    """The page of a hotseat tournament without a match to play: finished, or unable to continue."""

    template: ClassVar[str] = "pairings/ranking.html"

    tournament: TournamentDetails
    ranking: list[Ranked]
