"""Tournaments as they are shown."""

from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.live import Person
from contracts.tournament.tournaments import TournamentShown, TournamentSummary
from tournament.entries.doors import is_invited, takes_entries
from tournament.entries.queries import entry_of
from tournament.entries.shown import own_entry
from tournament.lifecycle import queries
from tournament.lifecycle.plan import plan_of
from tournament.lifecycle.queries import Listed
from tournament.tournaments.access import organises
from tournament.tournaments.models import DROPPED, Entry, Tournament
from tournament.verified import ROLE
from transcendence_common.identity import Player


def summary(listed: Listed) -> TournamentSummary:
    """Return a line of a list."""
    tournament = listed.tournament
    return TournamentSummary(
        id=tournament.id,
        kind=tournament.kind,
        name=tournament.name,
        format=tournament.format,
        state=tournament.state,
        size=tournament.size,
        points=tournament.points,
        rated=tournament.rated,
        entries=listed.entries,
        organiser=_organiser(tournament),
        starts_at=tournament.starts_at,
        started_at=tournament.started_at,
        ended_at=tournament.ended_at,
        winner=listed.winner,
    )


async def shown(
    session: AsyncSession,
    tournament: Tournament,
    reader: Player | None,
    now: datetime,
    *,
    invitation: str | None = None,
) -> TournamentShown:
    """Return all about a tournament that this reader may know."""
    await session.flush()
    listed = await queries.listed(session, tournament)
    counts = await queries.counts_of(session, tournament.id)
    own = None if reader is None else await entry_of(session, tournament.id, reader.id)
    organised = organises(reader, tournament)
    invited = organised or is_invited(tournament, invitation)
    return TournamentShown(
        **{
            **msgspec.structs.asdict(plan_of(tournament)),
            **msgspec.structs.asdict(summary(listed)),
        },
        seeding=tournament.seeding,
        seeding_number=tournament.seeding_number,
        created_at=tournament.created_at,
        round=tournament.round,
        waiting=counts.waiting,
        checked_in=counts.checked_in,
        revision=tournament.revision,
        organised=organised,
        invitation=tournament.invitation if organised else None,
        may_enter=invited and _may_enter(tournament, reader, own, now),
        own=None if own is None else await own_entry(session, own),
    )


def _may_enter(
    tournament: Tournament, reader: Player | None, own: Entry | None, now: datetime
) -> bool:
    """Whoever was dropped at the start may come late, where others may."""
    verified = reader is not None and ROLE in reader.roles
    return verified and (own is None or own.state == DROPPED) and takes_entries(tournament, now)


def _organiser(tournament: Tournament) -> Person | None:
    if tournament.organiser_id is None:
        return None
    return Person(tournament.organiser_id, tournament.organiser_name)
