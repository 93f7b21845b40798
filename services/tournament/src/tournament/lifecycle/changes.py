"""Changes a tournament's settings: all of them in a draft, few once players may enter."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import (
    CHANGEABLE_WHILE_OPEN,
    TournamentChange,
    TournamentSettings,
)
from tournament.audit.writing import add_audit_entry
from tournament.entries.waitlist import count_entered, fill_free_places
from tournament.lifecycle.creation import new_invitation_for
from tournament.lifecycle.plan import (
    changed_fields,
    current_settings,
    settings_after_change,
    validated_settings,
)
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import lock_organised
from tournament.tournaments.entry_rules import check_in_opens_at
from tournament.tournaments.errors import NotPossibleNow, SizeTooSmall
from tournament.tournaments.events import log_tournament_change
from tournament.tournaments.models import OPEN, Entry, Tournament
from tournament.tournaments.organiser_rules import check_change
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.problems import FieldError, InvalidFields

TIME_FIELDS: Final = frozenset({"registration_closes_at", "starts_at", "check_in_minutes"})


async def change_settings(
    session: TimedSession, organiser: Player, tournament_id: UUID, wanted: TournamentChange
) -> Tournament:
    """Apply the fields that differ; unchanged fields are not recorded in the audit log.

    Raises:
        NoSuchTournament, NotOrganiser
        NotPossibleNow: it has started, or is open and the field cannot change any more.
        SizeTooSmall: more players have entered than the new size.
        InvalidFields: the new settings are invalid.
        PlayerGone: the organiser has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    tournament = await lock_organised(session, tournament_id, organiser)
    check_change(tournament)
    before = current_settings(tournament)
    wish = settings_after_change(before, wanted)
    after = validated_settings(wish, tournament.kind, session.now, new=changed_fields(before, wish))
    fields = changed_fields(before, after)
    if not fields:
        return tournament
    if tournament.state == OPEN and not fields <= CHANGEABLE_WHILE_OPEN:
        raise NotPossibleNow(
            f"You cannot change this once a tournament is open: {_join_field_names(fields - CHANGEABLE_WHILE_OPEN)}."
        )
    await _check_size(session, tournament, after)
    if tournament.state == OPEN:
        _add_audit_entries(session, tournament, organiser, before=before, after=after)
    await _apply_settings(session, tournament, after, fields)
    await raise_revision(session, tournament)
    log_tournament_change(tournament, "changed", organiser)
    return tournament


async def _check_size(
    session: AsyncSession, tournament: Tournament, after: TournamentSettings
) -> None:
    entered = await count_entered(session, tournament.id)
    if tournament.kind == "hotseat" and after.size != entered:
        raise InvalidFields(FieldError("size", "The size must equal the number of names."))
    if after.size < entered:
        raise SizeTooSmall(entered)


async def _apply_settings(
    session: AsyncSession, tournament: Tournament, after: TournamentSettings, fields: frozenset[str]
) -> None:
    for field, value in msgspec.structs.asdict(after).items():
        setattr(tournament, field, value)
    if "visibility" in fields:
        tournament.invitation = new_invitation_for(after.visibility)
    await session.flush()
    if "size" in fields:
        await fill_free_places(session, tournament)
    if fields & TIME_FIELDS:
        await _undo_early_check_ins(session, tournament)


async def _undo_early_check_ins(session: AsyncSession, tournament: Tournament) -> None:
    """Undo check-ins from before the new check-in time: a player present then may be absent now."""
    opens_at = check_in_opens_at(tournament)
    if opens_at is not None:
        await session.execute(
            update(Entry)
            .where(Entry.tournament_id == tournament.id, Entry.checked_in_at < opens_at)
            .values(checked_in_at=None)
            .execution_options(synchronize_session=False)
        )


def _add_audit_entries(
    session: TimedSession,
    tournament: Tournament,
    organiser: Player,
    *,
    before: TournamentSettings,
    after: TournamentSettings,
) -> None:
    for field in sorted(changed_fields(before, after)):
        add_audit_entry(
            session,
            tournament,
            organiser,
            "changed",
            subject=field,
            before=_audit_text(getattr(before, field)),
            after=_audit_text(getattr(after, field)),
        )


def _audit_text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _join_field_names(fields: Iterable[str]) -> str:
    return ", ".join(sorted(field.replace("_", " ") for field in fields))
