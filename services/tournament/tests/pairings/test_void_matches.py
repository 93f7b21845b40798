"""Matches of a tournament that end without a result, or no longer count."""

from datetime import timedelta

import pytest

from services.tournament.tests.pairings.playing import Court
from tournament.pairings.decisions import MOST_MATCHES_WITHOUT_RESULT

READY_SECONDS = 300


@pytest.mark.parametrize("absent", [1, 2])
async def test_a_player_who_misses_the_match_forfeits(court: Court, absent: int) -> None:
    cup = await court.begun(2)
    await cup.end(await cup.both_ready(1), absent=[cup.player(absent)])
    await court.look()
    assert await cup.outcome(1) == ("forfeit", 3 - absent)


async def test_a_match_missed_by_both_is_a_double_forfeit(court: Court) -> None:
    cup = await court.begun(2)
    await cup.end(await cup.both_ready(1), absent=cup.people)
    await court.look()
    assert await cup.outcome(1) == ("double_forfeit", 0)


async def test_in_swiss_a_player_who_misses_the_match_is_withdrawn(court: Court) -> None:
    cup = await court.begun(4, format="swiss", rounds=2)
    one, other = (await cup.called())[0]
    await cup.end(await cup.both_ready(1), absent=[cup.player(one)])
    await court.look()
    assert await cup.outcome(1) == ("forfeit", other)
    assert (await cup.entry_states())[one] == "withdrawn"


async def test_a_match_without_an_end_is_called_again_a_few_times(
    court: Court,
) -> None:
    cup = await court.begun(2)
    for _ in range(MOST_MATCHES_WITHOUT_RESULT):
        await cup.end(await cup.both_ready(1))
        await court.look()
        pairing = await cup.pairing(1)
        assert (pairing["state"], pairing.get("match_id")) == ("called", None)
        assert "one_ready" not in pairing
        deadline = court.hall.clock() + timedelta(seconds=READY_SECONDS)
        assert pairing["deadline"] == deadline.isoformat().replace("+00:00", "Z")
    await cup.end(await cup.both_ready(1))
    await court.look()
    assert await cup.outcome(1) == ("double_forfeit", 0)


async def test_a_match_that_was_deleted_is_called_again(court: Court) -> None:
    cup = await court.begun(2)
    match_id = await cup.both_ready(1)
    await court.hall.execute("DELETE FROM matches WHERE id = :id", id=match_id)
    await court.look()
    assert await cup.state(1) == "called"
    await cup.wins(1, 1)
    await court.look()
    assert await cup.outcome(1) == ("played", 1)


async def test_a_player_who_is_erased_during_a_match_forfeits(court: Court) -> None:
    cup = await court.begun(4)
    await cup.both_ready(1)
    await court.hall.erase(cup.player(4))
    assert await cup.outcome(1) == ("forfeit", 1)
    await court.look()
    assert await cup.outcome(1) == ("forfeit", 1)


async def test_a_match_of_a_cancelled_tournament_is_ignored(court: Court) -> None:
    cup = await court.begun(2)
    match_id = await cup.both_ready(1)
    await cup.organiser.cancel(cup.id)
    await cup.end(match_id, winner=cup.player(1))
    await court.pass_time(READY_SECONDS)
    assert await cup.state(1) != "over"
