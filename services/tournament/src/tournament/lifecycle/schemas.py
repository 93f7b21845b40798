"""Tournaments as wire types."""

import msgspec

from contracts.actions import Action
from contracts.tournament.live import PlayerName
from contracts.tournament.tournaments import TournamentDetails, TournamentSummary
from tournament.entries.queries import find_entry_of_player
from tournament.entries.schemas import own_entry_to_schema
from tournament.lifecycle import queries
from tournament.lifecycle.plan import current_settings
from tournament.lifecycle.queries import ListedTournament
from tournament.tournaments.access import may_organise
from tournament.tournaments.available_actions import TournamentForReader, actions_of
from tournament.tournaments.models import Tournament
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player


def summary_to_schema(listed: ListedTournament) -> TournamentSummary:
    """Return a tournament as an item of a list."""
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


async def details_to_schema(
    session: TimedSession,
    tournament: Tournament,
    reader: Player | None,
    *,
    invitation: str | None = None,
) -> TournamentDetails:
    """Return all details of a tournament that the reader may see."""
    await session.flush()
    listed = await queries.find_listed(session, tournament)
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
            **msgspec.structs.asdict(summary_to_schema(listed)),
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


def _organiser(tournament: Tournament) -> PlayerName | None:
    if tournament.organiser_id is None:
        return None
    return PlayerName(tournament.organiser_id, tournament.organiser_name)
