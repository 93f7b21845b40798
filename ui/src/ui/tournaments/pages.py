"""Contexts of the tournaments' pages."""

from types import ModuleType
from typing import ClassVar
from uuid import UUID

from contracts.tournament import tournaments as limits
from contracts.tournament.tournaments import EntryDetails, TournamentDetails, TournamentSummary
from ui.account_settings.forms import UNTOUCHED_FORM, FormState
from ui.clients.tournaments import ListFilter
from ui.pages import Page
from ui.play.choices import POINTS_CHOICES
from ui.tournaments.actions import TournamentActions
from ui.tournaments.log_lines import LogLine
from ui.tournaments.standing import TournamentProgress


class TournamentsPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/list.html"
    parts: ClassVar[tuple[str, ...]] = ("tournament_results", "more_tournaments")

    show: ListFilter
    tournaments: list[TournamentSummary]
    next_cursor: str | None
    continued: bool


class NewTournamentPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/new.html"

    form: FormState
    key: str
    """The idempotency key of the form: sent twice, it creates one tournament."""
    points_choices: tuple[int, ...] = POINTS_CHOICES
    limits: ModuleType = limits
    more_open: bool = False
    """Whether a field in the form's collapsed part has an error."""


class NewHotseatPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/new_hotseat.html"

    form: FormState
    key: str
    points_choices: tuple[int, ...] = POINTS_CHOICES
    most_aliases: int = limits.MOST_ALIASES
    longest_list: int = limits.MOST_ALIASES * (limits.LONGEST_ALIAS + len("\r\n"))
    """Characters of all names, one per line."""


class OverviewPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/overview.html"
    parts: ClassVar[tuple[str, ...]] = ("overview",)

    tab: str = "overview"
    tournament: TournamentDetails
    invitation: str | None
    """The invitation from the visitor's link."""
    actions: TournamentActions
    standing: TournamentProgress | None
    """None before the start, and if it is unavailable."""


class PlayersPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/players.html"
    parts: ClassVar[tuple[str, ...]] = ("players", "more_entries")

    tab: str = "players"
    tournament: TournamentDetails
    entries: list[EntryDetails]
    next_cursor: str | None
    continued: bool


class RemovalPage(Page, frozen=True, kw_only=True):
    """Asks the organiser for the reason to remove a player."""

    template: ClassVar[str] = "tournaments/removal.html"

    tab: str = "players"
    tournament: TournamentDetails
    entry_id: UUID
    name: str
    form: FormState = UNTOUCHED_FORM


class LogPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/log.html"
    parts: ClassVar[tuple[str, ...]] = ("log", "more_notes")

    tab: str = "log"
    tournament: TournamentDetails
    notes: list[LogLine]
    next_cursor: str | None
    continued: bool


class ManagePage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/manage.html"
    parts: ClassVar[tuple[str, ...]] = ("manage",)

    tab: str = "manage"
    tournament: TournamentDetails
    link: str
    """The full address to share, with the invitation if the tournament requires one."""
    form: FormState = UNTOUCHED_FORM
    """The state of the cancellation form."""


class EditPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/edit.html"

    tab: str = "manage"
    tournament: TournamentDetails
    form: FormState
    points_choices: tuple[int, ...] = POINTS_CHOICES
    limits: ModuleType = limits
    more_open: bool = False
