"""The reader's actions on a tournament, by the same rules that refuse requests. Pure functions."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import msgspec

from contracts.actions import Action, ActionName
from tournament.tournaments.access import may_organise
from tournament.tournaments.entry_rules import (
    can_leave,
    check_check_in,
    check_entering,
    check_return,
)
from tournament.tournaments.models import (
    CANCELLED,
    DISQUALIFIED,
    DRAFT,
    DROPPED,
    OPEN,
    RUNNING,
    WITHDRAWN,
    Entry,
    Tournament,
)
from tournament.tournaments.organiser_rules import (
    check_cancelling,
    check_change,
    check_correcting,
    check_disqualifying,
    check_opening,
    check_seeding,
    check_start,
)
from tournament.verified import NotVerified, is_verified
from transcendence_common.identity import Player
from transcendence_common.problems import NotSignedIn, Problem


class EntryCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a tournament's entries by state."""

    waiting: int
    checked_in: int
    """Checked-in entries among those entered or waiting."""
    here: int
    """Entries entered or waiting; with a check-in, only those that have checked in."""
    playing: int
    """Entries that play, or have withdrawn and may return."""


class TournamentForReader(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament as one reader sees it."""

    tournament: Tournament
    reader: Player | None
    entry: Entry | None
    """The reader's own entry."""
    counts: EntryCounts
    invitation: str | None
    """The invitation that came with the request. The organiser always has it."""
    now: datetime


def actions_of(seen: TournamentForReader) -> list[Action]:
    """Return the reader's actions, allowed and refused. Organisers and administrators get the organiser's as well."""
    actions = [*_entry_actions(seen)]
    if may_organise(seen.reader, seen.tournament):
        actions += _organiser_actions(seen.tournament, seen.counts, seen.now)
    return actions


def _entry_actions(seen: TournamentForReader) -> Iterator[Action]:
    tournament, entry = seen.tournament, seen.entry
    if entry is None or entry.state in {DROPPED, DISQUALIFIED}:
        yield _checked_action("enter", partial(_check_enter, seen))
    if entry is None:
        return
    if can_leave(tournament, entry):
        yield Action("leave")
        if tournament.state == OPEN and entry.checked_in_at is None:
            yield _checked_action("check_in", partial(check_check_in, tournament, entry, seen.now))
    if entry.state == WITHDRAWN:
        yield _checked_action("return", partial(check_return, tournament, entry))


def _check_enter(seen: TournamentForReader) -> None:
    """Check whether the reader may enter. What the reader can change, sign-in and verification, comes last."""
    check_entering(
        seen.tournament,
        seen.entry,
        playing=seen.counts.playing,
        invitation=seen.invitation,
        now=seen.now,
    )
    if seen.reader is None:
        raise NotSignedIn
    if not is_verified(seen.reader):
        raise NotVerified


def _organiser_actions(
    tournament: Tournament, counts: EntryCounts, now: datetime
) -> Iterator[Action]:
    if tournament.state == DRAFT:
        yield _checked_action("open", partial(check_opening, tournament, now))
    if tournament.state != RUNNING:
        yield _checked_action("start", partial(check_start, tournament, counts.here))
    yield _checked_action("change", partial(check_change, tournament))
    yield _checked_action("seed", partial(check_seeding, tournament))
    yield _checked_action("disqualify", partial(check_disqualifying, tournament))
    yield _checked_action("correct", partial(check_correcting, tournament, now))
    if tournament.state != CANCELLED:
        yield _checked_action("cancel", partial(check_cancelling, tournament))


def _checked_action(name: ActionName, check: Callable[[], None]) -> Action:
    try:
        check()
    except Problem as problem:
        return Action(name, problem.code)
    return Action(name)
