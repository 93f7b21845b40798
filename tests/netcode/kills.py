"""Kills owners of running matches repeatedly, and measures the consequences."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import time
from uuid import UUID

from tests.netcode.ground import (
    LONGEST_SECONDS,
    POLL_SECONDS,
    Ground,
    Played,
    Running,
    Stored,
    check_kept,
)

TICKS_BEFORE_A_KILL = 60
"""Ticks that a match has been played for since its owner took it."""


@dataclass(frozen=True)
class Kill:
    """One killed process, with the stored inputs of each match that it ran."""

    at: float
    stored: dict[UUID, Stored]
    taken_seconds: dict[UUID, float]


@dataclass(frozen=True)
class Hit:
    """The effect of one kill on one match."""

    taken_seconds: float
    again_seconds: float | None
    """None if the next owner was killed before both players were back."""


async def kill_owners(
    ground: Ground, *, kills: int, matches_at_once: int, points: int
) -> tuple[list[Kill], list[Played]]:
    """Keep this many matches running until this many owners have been
    killed in the middle of a rally."""
    await ground.start_all()
    enough = asyncio.Event()
    played: list[Played] = []
    async with asyncio.TaskGroup() as lanes:
        for lane in range(matches_at_once):
            lanes.create_task(_play_on(ground, lane, points, enough, played))
        killer = _Killer(ground, at_least=(matches_at_once + 1) // 2)
        done = [await killer.kill_one() for _ in range(kills)]
        enough.set()
    return done, played


def hits_of(kills: Sequence[Kill], played: Sequence[Played]) -> list[Hit]:
    """Return the effects of all kills, after checking that no stored input was lost."""
    by_id = {match.id: match for match in played}
    hits = []
    for kill, next_at in zip(kills, [*(kill.at for kill in kills[1:]), float("inf")], strict=True):
        for match_id, stored in kill.stored.items():
            match = by_id[match_id]
            check_kept(stored, match.record)
            again_at = match.playing_again_at(kill.at)
            again = again_at - kill.at if again_at < next_at else None
            hits.append(Hit(kill.taken_seconds[match_id], again))
    return hits


def table(kills: Sequence[Kill], hits: Sequence[Hit], played: Sequence[Played]) -> Iterator[str]:
    """Yield the lines of a report."""
    yield (
        f"\n{len(kills)} owners killed, {len(hits)} times that a match was hit,"
        f" {len(played)} matches played to their end"
    )
    again = [hit.again_seconds for hit in hits if hit.again_seconds is not None]
    yield "                                     median    worst"
    for name, seconds in (
        ("taken by another process", [hit.taken_seconds for hit in hits]),
        ("both play again, 3 s of countdown in it", again),
    ):
        yield f"{name:<42} {median(seconds):.2f} s   {max(seconds):.2f} s"


async def _play_on(
    ground: Ground, lane: int, points: int, enough: asyncio.Event, played: list[Played]
) -> None:
    seed = 1000 * lane
    while not enough.is_set():
        seed += 2
        played.append(await ground.play_match(points=points, seed=seed))


class _Killer:
    def __init__(self, ground: Ground, *, at_least: int) -> None:
        self._ground = ground
        self._at_least = at_least
        self._taken_at_tick: dict[UUID, tuple[UUID, int]] = {}

    async def kill_one(self) -> Kill:
        """Kill a process that runs at least a minimum of matches in play, and start it again."""
        ground = self._ground
        victims = await self._victims()
        stored = {match.id: await ground.stored(match.id) for match in victims}
        owner, address = victims[0].owner, victims[0].address
        assert owner is not None
        assert address is not None
        killed_at = time()
        ground.replica_at(address).kill()
        async with asyncio.TaskGroup() as work:
            work.create_task(ground.start(int(address.rpartition(":")[2])))
            taken = {
                match_id: work.create_task(ground.taken_from(owner, match_id))
                for match_id in stored
            }
        seconds = {match_id: task.result() - killed_at for match_id, task in taken.items()}
        return Kill(killed_at, stored, seconds)

    async def _victims(self) -> Sequence[Running]:
        async with asyncio.timeout(LONGEST_SECONDS):
            while True:
                in_play = [
                    match for match in await self._ground.running() if self._is_in_play(match)
                ]
                for owner in {match.owner for match in in_play}:
                    victims = [match for match in in_play if match.owner == owner]
                    if len(victims) >= self._at_least:
                        return victims
                await asyncio.sleep(POLL_SECONDS)

    def _is_in_play(self, match: Running) -> bool:
        if match.owner is None or match.address is None:
            return False
        owner, first = self._taken_at_tick.get(match.id, (None, 0))
        if owner != match.owner:
            first = match.stored_through
            self._taken_at_tick[match.id] = match.owner, first
        return match.stored_through >= first + TICKS_BEFORE_A_KILL
