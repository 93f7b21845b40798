"""What is shown before, while and instead of a match between two people."""

from typing import ClassVar

from contracts.tournament.live import MatchStatus
from contracts.tournament.matchmaking import InvitationDetails, Waiting
from ui.pages import Page


class WaitingPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/waiting.html"
    parts: ClassVar[tuple[str, ...]] = ("queue_place",)

    place: Waiting | None
    """None where the place is gone while the page is still open."""
    waited: str


class CourtPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/court.html"

    match: MatchStatus


class VoidPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/void.html"

    match: MatchStatus


class InvitationPage(Page, frozen=True, kw_only=True):
    """An invitation that is open, as whoever sent it sees it, or whoever may take it up."""

    template: ClassVar[str] = "online/invitation.html"
    parts: ClassVar[tuple[str, ...]] = ("invitation_state",)

    invitation: InvitationDetails
    why_not: str
    """What keeps the reader from accepting it."""
    link: str
    """The whole address, to be sent to somebody."""


class InvitationOverPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "online/invitation_over.html"
