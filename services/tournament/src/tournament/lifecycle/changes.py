"""Changes a tournament's settings: all of them in a draft, few once players may enter."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import (
    CHANGES_WHILE_OPEN,
    TournamentChange,
    TournamentSettings,
)
from tournament.audit.writing import note
from tournament.entries.waitlist import count_entered, move_up
from tournament.lifecycle.creation import invitation_for
from tournament.lifecycle.plan import changed, checked, different, plan_of
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import organised
from tournament.tournaments.entry_rules import check_in_opens_at
from tournament.tournaments.errors import NotNow, TooSmall
from tournament.tournaments.events import record
from tournament.tournaments.models import OPEN, Entry, Tournament
from tournament.tournaments.organiser_rules import check_change
from tournament.tournaments.revision import touch
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player
from transcendence_common.problems import FieldError, InvalidFields

TIMES: Final = frozenset({"registration_closes_at", "starts_at", "check_in_minutes"})


async def change(
    session: TimedSession, organiser: Player, tournament_id: UUID, wanted: TournamentChange
) -> Tournament:
    """Apply the fields that differ; unchanged fields are not recorded in the audit log.

    Raises:
        NoSuchTournament, NotOrganiser
        NotNow: it has started, or is open and the field cannot change any more.
        TooSmall: more players have entered than the new size.
        InvalidFields: the new settings are invalid.
        PlayerGone: the organiser has been erased.
    """
    await hold_player(session, ErasedPlayer, organiser.id)
    tournament = await organised(session, tournament_id, organiser)
    check_change(tournament)
    before = plan_of(tournament)
    wish = changed(before, wanted)
    after = checked(wish, tournament.kind, session.now, new=different(before, wish))
    fields = different(before, after)
    if not fields:
        return tournament
    if tournament.state == OPEN and not fields <= CHANGES_WHILE_OPEN:
        raise NotNow(
            f"You cannot change this once a tournament is open: {_listed(fields - CHANGES_WHILE_OPEN)}."
        )
    await _check_size(session, tournament, after)
    if tournament.state == OPEN:
        _record(session, tournament, organiser, before=before, after=after)
    await _carry_out(session, tournament, after, fields)
    await touch(session, tournament)
    record(tournament, "changed", organiser)
    return tournament


async def _check_size(
    session: AsyncSession, tournament: Tournament, after: TournamentSettings
) -> None:
    entered = await count_entered(session, tournament.id)
    if tournament.kind == "hotseat" and after.size != entered:
        raise InvalidFields(FieldError("size", "The size must equal the number of names."))
    if after.size < entered:
        raise TooSmall(entered)


async def _carry_out(
    session: AsyncSession, tournament: Tournament, after: TournamentSettings, fields: frozenset[str]
) -> None:
    for field, value in msgspec.structs.asdict(after).items():
        setattr(tournament, field, value)
    if "visibility" in fields:
        tournament.invitation = invitation_for(after.visibility)
    await session.flush()
    if "size" in fields:
        await move_up(session, tournament)
    if fields & TIMES:
        await _forget_early_check_ins(session, tournament)


async def _forget_early_check_ins(session: AsyncSession, tournament: Tournament) -> None:
    """Undo check-ins from before the new check-in time: a player present then may be absent now."""
    opens_at = check_in_opens_at(tournament)
    if opens_at is not None:
        await session.execute(
            update(Entry)
            .where(Entry.tournament_id == tournament.id, Entry.checked_in_at < opens_at)
            .values(checked_in_at=None)
            .execution_options(synchronize_session=False)
        )


def _record(
    session: TimedSession,
    tournament: Tournament,
    organiser: Player,
    *,
    before: TournamentSettings,
    after: TournamentSettings,
) -> None:
    for field in sorted(different(before, after)):
        note(
            session,
            tournament,
            organiser,
            "changed",
            subject=field,
            before=_written(getattr(before, field)),
            after=_written(getattr(after, field)),
        )


def _written(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _listed(fields: Iterable[str]) -> str:
    return ", ".join(sorted(field.replace("_", " ") for field in fields))
