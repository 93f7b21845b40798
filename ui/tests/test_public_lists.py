"""Lists that all readers share."""

import asyncio

import msgspec
import pytest

from contracts.tournament.tournaments import TournamentDetails
from tests.stand_ins.services import StandIns
from ui.clients.backend import BackendDown
from ui.clients.games import GamesClient
from ui.clients.history import HistoryClient
from ui.clients.public_lists import PublicLists
from ui.clients.tournaments import TournamentsClient


@pytest.fixture
def lists(stand_ins: StandIns) -> PublicLists:
    tournament = stand_ins.tournament.switch.client()
    return PublicLists(
        GamesClient("tournament", tournament),
        HistoryClient("history", stand_ins.history.switch.client()),
        TournamentsClient("tournament", tournament),
        reused_seconds=60,
    )


async def test_readers_at_the_same_time_and_soon_after_share_one_request_without_a_token(
    lists: PublicLists, stand_ins: StandIns
) -> None:
    for asked in (lists.running_matches, lists.open_tournaments, lists.leaderboard):
        first, second = await asyncio.gather(asked(limit=3), asked(limit=3))
        assert first is second is await asked(limit=3)
    requests = [*stand_ins.tournament.switch.asked, *stand_ins.history.switch.asked]
    assert len(requests) == 3
    assert not any("Authorization" in request.headers for request in requests)


async def test_a_failure_is_not_reused(lists: PublicLists, stand_ins: StandIns) -> None:
    stand_ins.history.switch.down = True
    with pytest.raises(BackendDown):
        await lists.leaderboard(limit=3)
    stand_ins.history.switch.down = False
    assert (await lists.leaderboard(limit=3)).items == []


async def test_readers_of_one_revision_share_a_bracket_and_those_of_the_next_get_the_next(
    lists: PublicLists, stand_ins: StandIns
) -> None:
    tournament = await running_tournament(stand_ins)
    first, second = await asyncio.gather(
        lists.bracket(tournament, "of Alice"), lists.bracket(tournament, None)
    )
    assert first is second
    asked = stand_ins.tournament.switch.asked
    assert ["Authorization" in request.headers for request in asked] == [False]
    newer = msgspec.structs.replace(tournament, revision=tournament.revision + 1)
    assert await lists.bracket(newer, None) is not first
    assert len(asked) == 2


async def test_a_hotseat_bracket_is_requested_for_its_reader_and_shared_with_no_other(
    lists: PublicLists, stand_ins: StandIns
) -> None:
    online = await running_tournament(stand_ins)
    hotseat = msgspec.structs.replace(online, kind="hotseat")
    await lists.bracket(online, "of Alice")
    await lists.bracket(hotseat, "of Alice")
    assert [
        request.headers.get("Authorization") for request in stand_ins.tournament.switch.asked
    ] == [
        None,
        "Bearer of Alice",
    ]


async def running_tournament(stand_ins: StandIns) -> TournamentDetails:
    client = TournamentsClient("tournament", stand_ins.tournament.switch.client())
    tournament_id = stand_ins.tournaments.add(state="running", started_at="2026-11-28T18:00:00Z")
    found = await client.tournament(tournament_id, None)
    stand_ins.tournament.switch.asked.clear()
    return found
