"""The public bracket of a tournament, and the match calls of a player."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.tournament.tests.pairings.playing import Court
from tests.fixtures.clients import refusal
from tournament.pairings.brackets import BracketCache
from tournament.pairings.models import Pairing
from tournament.tournaments.access import find_visible
from transcendence_common.ids import new_id


async def test_the_bracket_is_public(court: Court) -> None:
    cup = await court.begun(4)
    answer = await court.hall.anonymous().ask("GET", f"/{cup.id}/bracket")
    assert answer.status_code == 200
    bracket = answer.json()
    assert (bracket["format"], bracket["state"]) == ("single_elimination", "running")
    assert [each["name"] for each in bracket["entrants"]] == ["P1", "P2", "P3", "P4"]
    assert [each["player_id"] for each in bracket["entrants"]] == [
        str(each.id) for each in cup.people
    ]
    first, _, final = bracket["pairings"]
    assert (first["number"], first["one"], first["other"]) == (1, 1, 4)
    deadline = court.hall.clock() + timedelta(seconds=300)
    assert first["deadline"] == deadline.isoformat().replace("+00:00", "Z")
    assert (final["section"], final["state"], final["one"]) == ("final", "waiting", None)
    assert sorted(each["seed"] for each in bracket["standings"]) == [1, 2, 3, 4]


@pytest.mark.parametrize("opened", [False, True])
async def test_there_is_no_bracket_before_the_start(court: Court, opened: bool) -> None:
    organiser = court.hall.player("Olga")
    tournament_id = await (organiser.opened() if opened else organiser.created())
    answer = await organiser.ask("GET", f"/{tournament_id}/bracket")
    assert refusal(answer) == (409, "not_started")


async def test_the_bracket_of_a_hidden_tournament_is_not_found(court: Court) -> None:
    organiser, sam = court.hall.players("Olga", "Sam")
    draft = await organiser.created()
    at_home = await organiser.at_home()
    for tournament_id in (draft, at_home, str(new_id())):
        answer = await sam.ask("GET", f"/{tournament_id}/bracket")
        assert refusal(answer) == (404, "no_such_tournament")
    assert (await organiser.ask("GET", f"/{at_home}/bracket")).status_code == 200


async def test_withdrawn_and_erased_players_remain_in_the_bracket(court: Court) -> None:
    cup = await court.begun(4)
    await cup.player(4).leave(cup.id)
    await court.hall.erase(cup.player(3))
    entrants = (await cup.bracket())["entrants"]
    assert [each["state"] for each in entrants] == ["playing", "playing", "withdrawn", "withdrawn"]
    assert entrants[2]["player_id"] is None
    assert await cup.called() == [(1, 2)]


async def test_a_match_call_names_the_opponent_and_the_deadline(court: Court) -> None:
    cup = await court.begun(4, name="Sunday cup")
    await cup.ready(1, cup.player(4))
    deadline = court.hall.clock() + timedelta(seconds=300)
    assert await cup.match_calls(1) == [
        {
            "tournament_id": cup.id,
            "tournament_name": "Sunday cup",
            "number": 1,
            "round": 1,
            "section": "winners",
            "opponent": "P4",
            "ready": False,
            "opponent_ready": True,
            "deadline": deadline.isoformat().replace("+00:00", "Z"),
            "match_id": None,
            "actions": [{"name": "ready"}],
        }
    ]
    [other] = await cup.match_calls(4)
    assert (other["opponent"], other["ready"], other["opponent_ready"]) == ("P1", True, False)
    assert other["actions"] == []


async def test_a_match_call_leads_to_the_match_and_ends_with_it(court: Court) -> None:
    cup = await court.begun(4)
    match_id = await cup.both_ready(1)
    for seed in (1, 4):
        [match_call] = await cup.match_calls(seed)
        assert match_call["match_id"] == str(match_id)
    await cup.end(match_id, winner=cup.player(1))
    await court.look()
    assert await cup.match_calls(1) == await cup.match_calls(4) == []
    assert len(await cup.match_calls(2)) == 1


async def test_match_calls_of_several_tournaments_are_ordered_by_deadline(court: Court) -> None:
    cups = [await court.begun(2, ready_seconds=seconds) for seconds in (600, 60, 300)]
    for cup in cups[1:]:
        await court.hall.execute(
            "UPDATE entries SET player_id = :player_id WHERE tournament_id = :id AND seed = 1",
            player_id=cups[0].player(1).id,
            id=cup.id,
        )
    found = [each["tournament_id"] for each in await cups[0].match_calls(1)]
    assert found == [cups[1].id, cups[2].id, cups[0].id]


async def test_there_is_no_match_call_of_a_cancelled_tournament(court: Court) -> None:
    cup = await court.begun(2)
    assert (await cup.organiser.ask("GET", "/summons")).json() == []
    await cup.organiser.cancel(cup.id)
    assert await cup.match_calls(1) == []


async def test_a_hotseat_tournament_calls_no_player(court: Court) -> None:
    organiser = court.hall.player("Olga")
    tournament_id = await organiser.at_home()
    assert (await organiser.ask("GET", "/summons")).json() == []
    pairings = (await organiser.ask("GET", f"/{tournament_id}/bracket")).json()["pairings"]
    assert [each["state"] for each in pairings].count("called") == 1, "one keyboard, one match"
    assert all("deadline" not in each for each in pairings)
    await court.hall.execute(
        "UPDATE pairings SET state = 'playing', match_id = gen_random_uuid() WHERE state = 'called'"
    )
    court.hall.clock.advance(seconds=100_000)
    await court.look()
    async with court.hall.db.get_session() as session:
        states = list(await session.scalars(select(Pairing.state).order_by(Pairing.number)))
    assert states == ["playing", "waiting", "waiting"], "history knows its match, and not we"


async def test_parallel_readers_get_the_same_bracket(busy_court: Court) -> None:
    cup = await busy_court.begun(4)
    brackets = BracketCache()
    async with AsyncExitStack() as stack:
        sessions = [
            await stack.enter_async_context(busy_court.hall.db.get_session()) for _ in range(5)
        ]
        seen = [await find_visible(each, UUID(cup.id), None) for each in sessions]
        first, *others = await asyncio.gather(*map(brackets.get_bracket, sessions, seen))
        assert all(each is first for each in others), "it was put together once"
        await cup.ready(1, cup.player(1))
        second = await brackets.get_bracket(
            sessions[0], await find_visible(sessions[0], UUID(cup.id), None)
        )
    assert second.bracket.revision == first.bracket.revision + 1
    assert second.bracket.pairings[0].one_ready


async def test_the_number_of_cached_brackets_is_limited(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tournament.pairings.brackets.MOST_CACHED_BRACKETS", 2)
    brackets = BracketCache()
    tournaments = [await court.hall.tournament((await court.begun(2)).id) for _ in range(3)]
    async with court.hall.db.get_session() as session:
        first, _, third = [await brackets.get_bracket(session, each) for each in tournaments]
        assert await brackets.get_bracket(session, tournaments[2]) is third
        assert await brackets.get_bracket(session, tournaments[0]) is not first
