"""Matches inserted directly into the tables, for lists that do not depend
on how a match was played."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from history.matches.models import DELETED_PLAYER, Match, Participation
from transcendence_common.ids import new_id

OTHERS = {
    "ai": ("Computer", "ai"),
    "local": ("Guest", "guest"),
    "online": (DELETED_PLAYER, "player"),
    "hotseat": ("Guest", "guest"),
}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class MatchRow:
    """One match with the player on the left; `changes` can make a column invalid."""

    player_id: UUID
    mode: str = "ai"
    won: bool = True
    played_at: datetime = NOON
    id: UUID = field(default_factory=new_id)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def match(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "mode": self.mode,
            "level": "easy" if self.mode == "ai" else None,
            "rules": 1,
            "seed": 7,
            "points": 3,
            "ticks": 1_000,
            "left_score": 3 if self.won else 1,
            "right_score": 1 if self.won else 3,
            "winner": 1 if self.won else 2,
            "longest_rally": 4,
            "digest": 1,
            "log": b"",
            "played_at": self.played_at,
            "host_id": None,
            **self.changes,
        }

    @property
    def sides(self) -> list[dict[str, Any]]:
        shared = {"match_id": self.id, "mode": self.mode, "played_at": self.played_at}
        other = OTHERS[self.mode]
        return [
            {**shared, "side": 1, "player_id": self.player_id, "name": "Alice", "kind": "player",
             "outcome": "won" if self.won else "lost"},
            {**shared, "side": 2, "player_id": None, "name": other[0], "kind": other[1],
             "outcome": "lost" if self.won else "won"},
        ]  # fmt: skip


async def store(db: SQLAlchemyAsyncConfig, *rows: MatchRow) -> None:
    async with db.get_session() as session:
        await insert_rows(session, *rows)
        await session.commit()


async def insert_rows(session: AsyncSession, *rows: MatchRow) -> None:
    await session.execute(insert(Match), [row.match for row in rows])
    await session.execute(insert(Participation), [side for row in rows for side in row.sides])
