"""Tournaments as wire types."""

import msgspec

from contracts.actions import Action
from contracts.tournament.tournaments import TournamentDetails
from tournament.entries.queries import find_entry_of_player
from tournament.entries.schemas import own_entry_to_schema
from tournament.lifecycle import queries
from tournament.lifecycle.plan import current_settings
from tournament.lifecycle.summaries import read_summary
from tournament.tournaments.access import may_organise
from tournament.tournaments.available_actions import TournamentForReader, actions_of
from tournament.tournaments.models import Tournament
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.reads import SessionReads


async def details_to_schema(
    session: TimedSession,
    tournament: Tournament,
    reader: Player | None,
    *,
    invitation: str | None = None,
) -> TournamentDetails:
    """Return all details of a tournament that the reader may see."""
    await session.flush()
    summary = await read_summary(SessionReads(session), tournament.id)
    counts = await queries.count_entries(session, tournament)
    own = None if reader is None else await find_entry_of_player(session, tournament.id, reader.id)
    organised = may_organise(reader, tournament)
    actions = actions_of(
        TournamentForReader(
            tournament=tournament,
            reader=reader,
            entry=own,
            counts=counts,
            invitation=tournament.invitation if organised else invitation,
            now=session.now,
        )
    )
    return TournamentDetails(
        **{
            **msgspec.structs.asdict(current_settings(tournament)),
            **msgspec.structs.asdict(summary),
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
        may_enter=Action("enter") in actions,
        actions=actions,
        own=None if own is None else await own_entry_to_schema(session, own),
    )
