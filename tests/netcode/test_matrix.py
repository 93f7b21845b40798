"""Matches over every kind of network between players and service: entered, played
to the end, and agreed upon."""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from pong.court import TICKS_PER_SECOND
from tests.netcode.laboratory import Laboratory, play
from tests.netcode.records import Record, Report, check_agreement
from tests.netcode.replicas import Replica
from tests.netcode.slow_network import SlowNetwork

pytestmark = pytest.mark.thorough

ROUND_TRIPS_MS = (0, 50, 150, 300)
JITTERS_MS = (0, 30, 80)


class Cell(NamedTuple):
    """A match over one kind of network."""

    round_trip_ms: int
    jitter_ms: int
    reports: tuple[Report, Report]
    record: Record


async def test_clients_and_history_agree_at_every_confirmed_tick_on_every_network(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    replica = await laboratory.replicas.start()
    cells = await asyncio.gather(
        *(
            play_cell(laboratory, replica, round_trip_ms, jitter_ms)
            for round_trip_ms in ROUND_TRIPS_MS
            for jitter_ms in JITTERS_MS
        )
    )
    with capsys.disabled():
        for line in table(cells):
            print(line)  # noqa: T201 - the purpose of the laboratory
    for cell in cells:
        check_agreement(cell.record, cell.reports)


async def play_cell(
    laboratory: Laboratory, replica: Replica, round_trip_ms: int, jitter_ms: int
) -> Cell:
    alice, bob = laboratory.person("Alice"), laboratory.person("Bob")
    match_id = await laboratory.new_match(alice, bob)
    there = urlsplit(replica.url)
    network = SlowNetwork(lambda: (there.hostname or "", there.port or 0), round_trip_ms, jitter_ms)
    async with network.serve() as url:
        reports = await asyncio.gather(
            play(url, match_id, alice, seed=1), play(url, match_id, bob, seed=2)
        )
    return Cell(round_trip_ms, jitter_ms, reports, await laboratory.record(match_id))


def table(cells: list[Cell]) -> Iterator[str]:
    yield "\nround trip  jitter  delay  rewinds/s  mean depth  deepest  jumps  late of pressed"
    for cell in cells:
        seconds = cell.record["inputs"]["ticks"] / TICKS_PER_SECOND
        for report in cell.reports:
            statistics = report["statistics"]
            depths = statistics["depths"]
            count = sum(depths)
            total = sum(depth * times for depth, times in enumerate(depths, 1))
            yield (
                f"{cell.round_trip_ms:>7} ms {cell.jitter_ms:>4} ms {report['end']['delay']:>6}"
                f" {count / seconds:>10.1f} {total / max(count, 1):>11.1f} {len(depths):>8}"
                f" {statistics['jumps']:>6} {statistics['late']:>6} of {statistics['pressed']}"
            )
