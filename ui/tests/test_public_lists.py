"""Lists that all readers share."""

import asyncio

import pytest

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
