"""A replica without sockets, which stores, takes and simulates matches
when the test tells it to."""

from dataclasses import dataclass, field
from time import monotonic
from typing import Self
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from pong.court import LEFT, RIGHT, TICKS_PER_SECOND
from services.tournament.tests.live.match_host_under_test import ask
from tournament.activity import Activity
from tournament.live.live_match import COUNTDOWN_SECONDS
from tournament.live.match_host import MatchHost
from tournament.live.protocol import KeysMessage, Phase, ResignMessage
from tournament.live.running_match import RunningMatch
from tournament.live.storing import MatchStore
from tournament.live.ticker import QUARTERS
from tournament.wiring import work_exists_at
from transcendence_common.clock import utc_now

LATER = 10_000.0
"""Offset in seconds at which matches are played, so that no real time passes."""


@dataclass
class ReplicaByHand:
    """A replica with a real lease in the database and artificial time for its matches."""

    db: SQLAlchemyAsyncConfig
    match_host: MatchHost
    match_store: MatchStore
    times: dict[UUID, float] = field(default_factory=dict)

    @classmethod
    async def started(cls, db: SQLAlchemyAsyncConfig, port: int) -> Self:
        match_host = MatchHost(db, utc_now)
        match_store = MatchStore(
            db,
            match_host,
            utc_now,
            Activity(db, utc_now, work_exists_at),
            service_url="http://127.0.0.1:9",
            port=port,
        )
        replica = cls(db, match_host, match_store)
        await match_store.store()
        return replica

    async def enter(self, match_id: UUID) -> RunningMatch:
        return await self.match_host.get_or_take(
            match_id, f"/api/tournament/matches/{match_id}/play"
        )

    async def play(
        self, match_id: UUID, ticks: int, *presses: tuple[int, int, int]
    ) -> RunningMatch:
        """Continue a match, with key presses the given numbers of ticks from now."""
        match = await self.enter(match_id)
        live = match.live
        now = self.times.get(match_id, monotonic() + LATER)
        if live.phase is not Phase.PLAYING:
            for side in (LEFT, RIGHT):
                live.player_connected(side, now)
            now += COUNTDOWN_SECONDS + 0.5 / TICKS_PER_SECOND
            live.advance(now)
        for after in range(ticks):
            for _, side, keys in (each for each in presses if each[0] == after):
                live.handle_message(side, KeysMessage(live.state.tick + live.delay, keys), now)
            now += 1 / TICKS_PER_SECOND
            live.advance(now)
        self.times[match_id] = now
        return match

    def advance(self, now: float) -> None:
        """Advance every match by one tick."""
        for quarter in range(QUARTERS):
            self.match_host.advance_matches(now, quarter)

    async def end(self, match_id: UUID, side: int = LEFT) -> RunningMatch:
        """End a match by resignation."""
        match = await self.play(match_id, 30)
        match.live.handle_message(side, ResignMessage(), self.times[match_id])
        return match

    async def lease_runs_out(self) -> None:
        """Expire the lease, as after a long silence."""
        await ask(
            self.db,
            "UPDATE replicas SET leased_until = now() - interval '1 second' WHERE id = :id",
            id=self.match_host.id,
        )
