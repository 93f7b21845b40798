"""Reads a player's overview from the queries of players, ratings and matches."""

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.history.overviews import PlayerOverview
from history.matches.queries import read_recent_public_matches
from history.players.queries import read_opponents, read_stats
from history.ratings.queries import BEFORE_ALL_CHANGES, read_rating_changes, read_standing
from transcendence_common.reads import Reads

RATING_CHANGES_SHOWN: Final = 100
"""As many as the chart on a profile draws."""
RECENT_MATCHES_SHOWN: Final = 5


async def read_overview(
    reads: Reads, player_id: UUID, reader: UUID | None, now: datetime
) -> PlayerOverview:
    """Return a player's overview for this reader; zeros for a player without matches or an unknown id.

    The statements run one after the other, so that a profile holds one connection at a time, as any other read does.
    """
    return PlayerOverview(
        stats=await read_stats(reads, player_id, reader),
        rating=await read_standing(reads, player_id, now),
        rating_changes=await read_rating_changes(
            reads, player_id, after=BEFORE_ALL_CHANGES, limit=RATING_CHANGES_SHOWN
        ),
        opponents=(await read_opponents(reads, player_id)).items,
        recent_matches=await read_recent_public_matches(
            reads, player_id, reader, limit=RECENT_MATCHES_SHOWN
        )
        if reader
        else [],
    )
