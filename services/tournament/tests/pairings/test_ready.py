"""Two called players confirm that they are ready, and get a match."""

import asyncio
from uuid import UUID

from services.tournament.tests.pairings.playing import Court, Cup
from services.tournament.tests.tournaments.organising import Attendee
from tests.fixtures.clients import refusal
from tournament.live.creation import Contender, create_match
from transcendence_common.database import session_at


async def seat(court: Court, one: Attendee, other: Attendee) -> UUID:
    """Start a match of two players outside of any tournament."""
    async with session_at(court.hall.db, court.hall.clock()) as session:
        return await create_match(
            session,
            (Contender(one.id, one.name), Contender(other.id, other.name)),
            origin="link",
            points=5,
            rated=False,
        )


async def queue(who: Attendee) -> int:
    answer = await who.hall.client.put(
        "/api/tournament/queue", json={"points": 5, "rated": False}, headers=who.person.headers
    )
    assert answer.status_code == 200, answer.text
    return answer.status_code


async def is_queued(who: Attendee) -> bool:
    answer = await who.hall.client.get("/api/tournament/queue", headers=who.person.headers)
    return answer.status_code == 200


async def test_a_match_starts_once_both_players_are_ready(court: Court) -> None:
    cup = await court.begun(2, points=7)
    first = await cup.ready(1, cup.player(1))
    assert first.status_code == 200
    assert (first.json()["one_ready"], first.json().get("match_id")) == (True, None)
    assert await cup.matches() == []
    second = await cup.ready(1, cup.player(2))
    [match] = await cup.matches()
    assert (second.json()["state"], second.json()["match_id"]) == ("playing", str(match.id))
    assert (match.origin, match.points, match.rated) == ("tournament", 7, False)
    assert {match.left_name, match.right_name} == {"P1", "P2"}
    assert await cup.seated() == {cup.player(1).id, cup.player(2).id}
    status = await court.hall.client.get(f"/api/tournament/matches/{match.id}")
    assert status.json()["tournament_id"] == cup.id


async def test_a_match_reveals_a_private_tournament_to_its_players_only(court: Court) -> None:
    cup = await court.begun(2, visibility="link")
    match_id = await cup.both_ready(1)
    address = f"/api/tournament/matches/{match_id}"
    for reader in (court.hall.anonymous(), court.hall.player("Sam")):
        status = await court.hall.client.get(address, headers=reader.person.headers)
        assert (status.status_code, status.json()["tournament_id"]) == (200, None)
    for player in cup.people:
        status = await court.hall.client.get(address, headers=player.person.headers)
        assert status.json()["tournament_id"] == cup.id


async def test_the_match_is_rated_like_the_tournament(court: Court) -> None:
    cup = await court.begun(2, rated=True)
    await cup.both_ready(1)
    [match] = await cup.matches()
    assert match.rated


async def test_confirming_twice_counts_once(court: Court) -> None:
    cup = await court.begun(2)
    await cup.ready(1, cup.player(2))
    revision = await cup.revision()
    again = await cup.ready(1, cup.player(2))
    assert (again.status_code, again.json()["other_ready"]) == (200, True)
    assert await cup.revision() == revision, "nothing has changed"
    assert await cup.matches() == []


async def test_confirming_again_returns_the_running_match(court: Court) -> None:
    cup = await court.begun(2)
    match_id = await cup.both_ready(1)
    for seed in (1, 2):
        again = await cup.ready(1, cup.player(seed))
        assert (again.status_code, again.json()["match_id"]) == (200, str(match_id))
    assert len(await cup.matches()) == 1


async def test_parallel_confirmations_of_both_players_start_one_match(busy_court: Court) -> None:
    cup = await busy_court.begun(2)
    answers = await asyncio.gather(*(cup.ready(1, who) for who in (*cup.people, *cup.people)))
    assert [each.status_code for each in answers] == [200] * 4
    [match] = await cup.matches()
    assert str(match.id) in {each.json().get("match_id") for each in answers}
    assert await cup.state(1) == "playing"


async def test_all_matches_of_a_round_can_start_in_parallel(busy_court: Court) -> None:
    cup = await busy_court.begun(8)
    answers = await asyncio.gather(
        *[cup.ready(number, who) for number in range(1, 5) for who in await players(cup, number)]
    )
    assert [each.status_code for each in answers] == [200] * 8
    assert len(await cup.matches()) == 4
    assert len(await cup.seated()) == 8


async def players(cup: Cup, number: int) -> list[Attendee]:
    pairing = await cup.pairing(number)
    return [cup.player(pairing["one"]), cup.player(pairing["other"])]


async def test_only_the_two_players_may_confirm(court: Court) -> None:
    cup = await court.begun(4)
    assert refusal(await cup.ready(1, cup.organiser)) == (403, "not_your_pairing")
    for others in await players(cup, 2):
        assert refusal(await cup.ready(1, others)) == (403, "not_your_pairing")
    pairing = await cup.pairing(1)
    assert "one_ready" not in pairing and "other_ready" not in pairing  # noqa: PT018


async def test_an_unknown_pairing_cannot_be_confirmed(court: Court) -> None:
    cup = await court.begun(2)
    who = cup.player(1)
    for number in (0, 99, 70_000, 2**70, -1):
        assert refusal(await cup.ready(number, who)) == (404, "no_such_pairing")
    assert (await who.ask("POST", f"/{cup.id}/pairings/one/ready")).status_code == 404


async def test_a_pairing_that_is_not_called_cannot_be_confirmed(court: Court) -> None:
    cup = await court.begun(4)
    final = (await cup.pairings())[-1]["number"]
    assert refusal(await cup.ready(final, cup.player(1))) == (403, "not_your_pairing")
    await cup.wins(1, (await cup.pairing(1))["one"])
    await court.look()
    one = (await cup.pairing(1))["one"]
    assert refusal(await cup.ready(final, cup.player(one))) == (409, "not_called")
    assert refusal(await cup.ready(1, cup.player(one))) == (409, "not_called")


async def test_a_pairing_of_a_cancelled_tournament_cannot_be_confirmed(court: Court) -> None:
    cup = await court.begun(2)
    await cup.organiser.cancel(cup.id)
    assert refusal(await cup.ready(1, cup.player(1))) == (409, "not_called")


async def test_a_match_of_a_cancelled_tournament_is_detached_from_its_pairing(court: Court) -> None:
    cup = await court.begun(4)
    match_id = await cup.both_ready(1)
    await cup.organiser.cancel(cup.id)
    pairing = await cup.pairing(1)
    assert (pairing["state"], pairing.get("match_id")) == ("waiting", None)
    assert await cup.seated() == {cup.player(1).id, cup.player(4).id}, "it is played to its end"
    await cup.end(match_id, winner=cup.player(1))
    await court.look()
    assert await cup.pairing(1) == pairing


async def test_a_player_in_another_match_has_to_end_it_first(court: Court) -> None:
    cup = await court.begun(2)
    match_id = await seat(court, cup.player(1), court.hall.player("Sam"))
    answer = await cup.ready(1, cup.player(1))
    assert refusal(answer) == (409, "already_playing")
    assert answer.json()["match_id"] == str(match_id)
    [match_call] = await cup.match_calls(1)
    assert match_call["actions"] == [{"name": "ready", "why_not": "already_playing"}]
    assert "one_ready" not in await cup.pairing(1)


async def test_a_confirmation_lapses_when_the_player_starts_another_match(court: Court) -> None:
    cup = await court.begun(2)
    await cup.ready(1, cup.player(1))
    match_id = await seat(court, cup.player(1), court.hall.player("Sam"))
    answer = await cup.ready(1, cup.player(2))
    assert answer.status_code == 200
    pairing = await cup.pairing(1)
    assert (pairing["state"], pairing.get("one_ready"), pairing["other_ready"]) == (
        "called",
        None,
        True,
    )
    await cup.end(match_id, winner=cup.player(1))
    await cup.ready(1, cup.player(1))
    assert await cup.state(1) == "playing"


async def test_a_player_in_the_queue_leaves_it_for_the_match(court: Court) -> None:
    cup = await court.begun(2)
    await queue(cup.player(1))
    await cup.ready(1, cup.player(1))
    assert await is_queued(cup.player(1)), "as long as nobody has come"
    await cup.ready(1, cup.player(2))
    async with court.hall.db.get_session() as session:
        rows = await session.connection()
        left = await rows.exec_driver_sql("SELECT count(*) FROM queue_entries")
        assert left.scalar_one() == 0


async def test_an_erased_player_is_not_waited_for(court: Court) -> None:
    cup = await court.begun(4)
    one, other = await players(cup, 1)
    await cup.ready(1, other)
    await court.hall.erase(one)
    assert await cup.outcome(1) == ("forfeit", (await cup.pairing(1))["other"])
    assert refusal(await cup.ready(1, other)) == (409, "not_called")
    assert refusal(await cup.ready(1, one))[0] == 403


async def test_parallel_erasures_and_confirmations_cause_no_deadlock(
    busy_court: Court,
) -> None:
    cup = await busy_court.begun(8)
    pairs = [await players(cup, number) for number in range(1, 5)]
    answers = await asyncio.gather(
        *[cup.ready(number, pair[0]) for number, pair in enumerate(pairs, 1)],
        *[cup.ready(number, pair[1]) for number, pair in enumerate(pairs, 1)],
        *[busy_court.hall.erase(pair[0]) for pair in pairs],
    )
    statuses = {each.status_code for each in answers if each is not None}
    assert statuses <= {200, 403, 409}
    await busy_court.look()
    assert {each["how"] for each in (await cup.pairings())[:4]} == {"forfeit"}
