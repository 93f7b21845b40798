"""Keeps players' totals in step with their matches."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from history.players.models import PlayerTotals


async def count_match(
    session: AsyncSession, *, player_id: UUID, mode: str, won: bool, longest_rally: int
) -> None:
    """Add one match to a player's totals, in the transaction that stores it."""
    first = insert(PlayerTotals).values(
        player_id=player_id, mode=mode, played=1, won=int(won), longest_rally=longest_rally
    )
    await session.execute(
        first.on_conflict_do_update(
            index_elements=[PlayerTotals.player_id, PlayerTotals.mode],
            set_={
                "played": PlayerTotals.played + 1,
                "won": PlayerTotals.won + first.excluded.won,
                "longest_rally": func.greatest(
                    PlayerTotals.longest_rally, first.excluded.longest_rally
                ),
            },
        )
    )
