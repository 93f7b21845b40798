"""Queries on players' statistics, limited to matches that the reader may see, and on erased players."""

from collections.abc import Sequence
from uuid import UUID

from contracts.history.modes import PRIVATE_MODE
from contracts.history.players import ModeTotals, Opponent, Opponents, PlayerStats, Totals
from transcendence_common.erased_players import PlayerGone
from transcendence_common.reads import Reads, fetch_one

_TOTALS = f"""
    SELECT mode, played, won, played - won, longest_rally, win_streak, best_win_streak
    FROM player_totals
    WHERE player_id = $1 AND (mode <> '{PRIVATE_MODE}' OR $1 = $2)
    ORDER BY mode
"""  # noqa: S608 - constants only

MOST_OPPONENTS = 10

_OPPONENTS = f"""
    SELECT opponent_id, opponent_name, played, won, last_played_at
    FROM opponent_totals
    WHERE player_id = $1
    ORDER BY played DESC, last_played_at DESC, opponent_id
    LIMIT {MOST_OPPONENTS}
"""  # noqa: S608 - constants only

_ERASED_AT = "SELECT erased_at FROM erased_players WHERE player_id = $1"


async def read_stats(reads: Reads, player_id: UUID, reader: UUID | None) -> PlayerStats:
    """Return the statistics of a player's matches that the reader may see; PRIVATE_MODE is for the player only.

    They are zeros for a player without matches or an unknown id, because history does not store accounts.
    """
    rows = await reads.fetch(_TOTALS, player_id, reader)
    by_mode: dict[str, ModeTotals] = {mode: ModeTotals(*sums) for mode, *sums in rows}
    return PlayerStats(player_id, _sum_totals(list(by_mode.values())), by_mode)


async def read_opponents(reads: Reads, player_id: UUID) -> Opponents:
    """Return a player's most frequent online opponents; an empty list for a player without matches."""
    rows = await reads.fetch(_OPPONENTS, player_id)
    return Opponents([Opponent(*row) for row in rows])


async def refuse_erased_player(reads: Reads, player_id: UUID) -> None:
    """Refuse a player whose account has been deleted.

    The check takes no lock; code that stores data of a player calls `lock_against_erasure` instead.

    Raises:
        PlayerGone: the player's account was deleted.
    """
    if await fetch_one(reads, _ERASED_AT, player_id) is not None:
        raise PlayerGone


def _sum_totals(totals: Sequence[Totals]) -> Totals:
    return Totals(
        played=sum(each.played for each in totals),
        won=sum(each.won for each in totals),
        lost=sum(each.lost for each in totals),
        longest_rally=max((each.longest_rally for each in totals), default=0),
    )
