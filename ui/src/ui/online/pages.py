"""Contexts of the pages of online matches, the queue and invitations."""

from typing import ClassVar

from contracts.tournament.live import MatchStatus
from contracts.tournament.matchmaking import InvitationDetails, QueuePlace
from ui.pages import Page


class WaitingPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/waiting.html"
    parts: ClassVar[tuple[str, ...]] = ("queue_place",)

    place: QueuePlace | None
    """None if the place is lost while the page is still open."""
    waited: str


class OnlineMatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/court.html"

    match: MatchStatus


class VoidMatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/void.html"

    match: MatchStatus


class InvitationPage(Page, frozen=True, kw_only=True):
    """The page of an open invitation, for its sender or for a player who may accept it."""

    template: ClassVar[str] = "online/invitation.html"
    parts: ClassVar[tuple[str, ...]] = ("invitation_state",)

    invitation: InvitationDetails
    why_not: str
    """The reason why the player cannot accept it, or empty."""
    link: str
    """The full address to send to another player."""


class InvitationOverPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/invitation_over.html"
