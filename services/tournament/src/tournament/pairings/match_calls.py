"""A player's match calls: their pairings that are called or being played."""

from uuid import UUID

import msgspec
from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from contracts.actions import Action
from contracts.tournament.tournaments import MatchCall
from tournament.live.creation import unfinished_match_of
from tournament.matchmaking.errors import StillPlaying
from tournament.pairings.models import CALLED, PLAYING, Pairing
from tournament.tournaments.models import RUNNING, Entry, Tournament

_OpponentEntry = aliased(Entry)


async def match_calls_of(session: AsyncSession, player_id: UUID) -> list[MatchCall]:
    """Return a player's match calls, the most urgent first."""
    is_one = Pairing.one == Entry.seed
    rows = await session.execute(
        select(
            Tournament.id.label("tournament_id"),
            Tournament.name.label("tournament_name"),
            Pairing.number,
            Pairing.round,
            Pairing.section,
            _OpponentEntry.name.label("opponent"),
            case((is_one, Pairing.one_ready), else_=Pairing.other_ready).label("ready"),
            case((is_one, Pairing.other_ready), else_=Pairing.one_ready).label("opponent_ready"),
            Pairing.deadline,
            Pairing.match_id,
        )
        .select_from(Entry)
        .join(Tournament, Tournament.id == Entry.tournament_id)
        .join(
            Pairing,
            and_(
                Pairing.tournament_id == Tournament.id,
                or_(is_one, Pairing.other == Entry.seed),
                Pairing.state.in_((CALLED, PLAYING)),
            ),
        )
        .join(
            _OpponentEntry,
            and_(
                _OpponentEntry.tournament_id == Tournament.id,
                _OpponentEntry.seed == case((is_one, Pairing.other), else_=Pairing.one),
            ),
        )
        .where(
            Entry.player_id == player_id, Tournament.state == RUNNING, Tournament.kind == "online"
        )
        .order_by(Pairing.deadline, Tournament.id)
    )
    match_call = [MatchCall(**row) for row in rows.mappings()]
    playing = await unfinished_match_of(session, player_id) if match_call else None
    return [with_actions(each, playing) for each in match_call]


def with_actions(match_call: MatchCall, playing: UUID | None) -> MatchCall:
    """Add the player's actions; `playing` is the id of their unfinished match. Once both are ready there is a match."""
    if match_call.ready or match_call.match_id is not None:
        return match_call
    ready = Action("ready", None if playing is None else StillPlaying.code)
    return msgspec.structs.replace(match_call, actions=[ready])
