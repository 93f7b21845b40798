"""Statistics of a player, as far as the reader may see the matches behind them; and whether there is such a player."""

from uuid import UUID

from history.players.schemas import PlayerStats, Totals
from history.reads import Reads, fetch_one
from history.tickets.schemas import PRIVATE_MODE, Mode
from transcendence_common.erased_players import PlayerGone

_TOTALS = f"""
    SELECT mode, played, won, played - won, longest_rally
    FROM player_totals
    WHERE player_id = $1 AND (mode <> '{PRIVATE_MODE}' OR $1 = $2)
    ORDER BY mode
"""  # noqa: S608 - constants only

_ERASED = "SELECT erased_at FROM erased_players WHERE player_id = $1"


async def stats_of(reads: Reads, player_id: UUID, reader: UUID | None) -> PlayerStats:
    """Return a player's statistics; zeros for one who has not played, whom history cannot tell from nobody."""
    rows = await reads.fetch(_TOTALS, player_id, reader)
    by_mode: dict[Mode, Totals] = {mode: Totals(*sums) for mode, *sums in rows}
    return PlayerStats(player_id, _sum(list(by_mode.values())), by_mode)


async def refuse_erased(reads: Reads, player_id: UUID) -> None:
    """Turn away whoever was erased before now; what is stored is guarded by `hold_player`.

    Raises:
        PlayerGone: their account has been deleted.
    """
    if await fetch_one(reads, _ERASED, player_id) is not None:
        raise PlayerGone


def _sum(totals: list[Totals]) -> Totals:
    return Totals(
        played=sum(each.played for each in totals),
        won=sum(each.won for each in totals),
        lost=sum(each.lost for each in totals),
        longest_rally=max((each.longest_rally for each in totals), default=0),
    )
