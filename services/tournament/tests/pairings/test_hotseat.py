"""Hotseat tournaments: tickets and results from history, one match after another."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar

from services.tournament.tests.conftest import StandingTournament
from services.tournament.tests.pairings.record_office import SEED, TICKET_LIFETIME, RecordOffice
from services.tournament.tests.service_under_test import UNUSED_URL, app_of
from services.tournament.tests.tournaments.organising import CUP, Attendee, Hall, hall_of
from tests.fixtures.cast import KEY, SigningKey
from tests.fixtures.clients import client_to, refusal, running
from tests.fixtures.clock import HandClock
from tests.fixtures.sockets import served
from tests.fixtures.waiting import until
from transcendence_common.ids import new_id

FIVE = ("Ann", "Ben", "Cleo", "Dan", "Eve")
AT_ONCE = 4
MOST_MATCHES = 40

Json = dict[str, Any]


@dataclass(frozen=True)
class Home:
    """The service with a host, and history beside it."""

    hall: Hall
    office: RecordOffice

    def host(self, name: str = "Alice") -> Attendee:
        return self.hall.player(name)


@asynccontextmanager
async def home_of(
    db: SQLAlchemyAsyncConfig, key: SigningKey, **urls: str
) -> AsyncGenerator[Home, None]:
    office = RecordOffice()
    async with served(office.app()) as url:
        addresses = {"auth_url": url, "history_url": url, **urls}
        async with hall_of(db, key, **addresses) as hall:
            office.clock = hall.clock
            yield Home(hall, office)


@dataclass(frozen=True)
class StandingHome:
    """One history, and one application that uses it, for all tests."""

    office: RecordOffice
    app: Litestar

    @asynccontextmanager
    async def as_new(
        self, db: SQLAlchemyAsyncConfig, clock: HandClock, key: SigningKey
    ) -> AsyncGenerator[Home, None]:
        self.office.reset()
        self.office.clock = clock
        async with client_to(self.app) as client:
            yield Home(Hall(client, db, clock, key, self.app), self.office)


@pytest.fixture(scope="module")
async def standing_home(
    standing: StandingTournament, signing_key: SigningKey
) -> AsyncGenerator[StandingHome, None]:
    office = RecordOffice()
    db = standing.application.database.config
    async with served(office.app()) as url:
        app = app_of(db, signing_key, standing.clock, auth_url=url, history_url=url)
        async with running(app):
            yield StandingHome(office, app)


@pytest.fixture
async def home(
    standing_home: StandingHome,
    db: SQLAlchemyAsyncConfig,
    clock: HandClock,
    signing_key: SigningKey,
) -> AsyncGenerator[Home, None]:
    async with standing_home.as_new(db, clock, signing_key) as home:
        yield home


@pytest.fixture
async def busy_home(
    standing_home: StandingHome,
    pooled_db: SQLAlchemyAsyncConfig,
    clock: HandClock,
    signing_key: SigningKey,
) -> AsyncGenerator[Home, None]:
    """For parallel requests."""
    async with standing_home.as_new(pooled_db, clock, signing_key) as home:
        yield home


async def test_a_ticket_names_the_players_of_both_sides(home: Home) -> None:
    host = home.host()
    cup = await host.at_home("Ann", "Ben", points=7)
    answer = await ask_for_ticket(host, cup, 1)
    assert answer.status_code == 200
    match_id = str(home.office.given[0])
    assert answer.json() == {
        "ticket": "ticket 0",
        "match_id": match_id,
        "seed": SEED,
        "rules": 1,
        "points": 7,
        "left_name": "Ann",
        "right_name": "Ben",
    }
    assert home.office.wishes == [
        {"host_id": str(host.id), "points": 7, "left_name": "Ann", "right_name": "Ben"}
    ]
    [pairing] = (await bracket_of(host, cup))["pairings"]
    assert (pairing["state"], pairing["match_id"]) == ("playing", match_id)


async def test_a_repeated_request_returns_the_same_ticket(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    first = await ticket_of(host, cup, 1)
    home.hall.clock.advance(seconds=TICKET_LIFETIME.total_seconds() - 1)
    assert await ticket_of(host, cup, 1) == first
    assert len(home.office.given) == 1


async def test_a_ticket_survives_a_restart(pooled_db: SQLAlchemyAsyncConfig) -> None:
    async with home_of(pooled_db, KEY) as home:
        host = home.host()
        cup = await host.at_home()
        ticket = await ticket_of(host, cup, 1)
    async with home_of(pooled_db, KEY) as restarted:
        again = Attendee(restarted.hall, host.person)
        assert await ticket_of(again, cup, 1) == ticket
        assert restarted.office.given == []


async def test_parallel_requests_return_the_same_ticket(busy_home: Home) -> None:
    host = busy_home.host()
    cup = await host.at_home()
    busy_home.office.waits_for = AT_ONCE
    tickets = await asyncio.gather(*(ticket_of(host, cup, 1) for _ in range(AT_ONCE)))
    assert len(busy_home.office.given) == AT_ONCE
    assert len({ticket["match_id"] for ticket in tickets}) == 1
    assert await ticket_of(host, cup, 1) == tickets[0]


async def test_an_expired_ticket_is_replaced(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    first = await ticket_of(host, cup, 1)
    home.hall.clock.advance(seconds=TICKET_LIFETIME.total_seconds())
    second = await ticket_of(host, cup, 1)
    assert second["match_id"] != first["match_id"]
    # A match with the old ticket does not count.
    home.office.hand_in(first["match_id"], 5, 0)
    assert refusal(await take_result(host, cup, 1)) == (409, "not_played_yet")
    home.office.hand_in(second["match_id"], 0, 5)
    assert (await take_result(host, cup, 1)).json()["other_score"] == 5


async def test_a_submitted_match_gets_no_second_ticket(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    ticket = await ticket_of(host, cup, 1)
    home.office.hand_in(ticket["match_id"], 5, 3)
    home.hall.clock.advance(seconds=TICKET_LIFETIME.total_seconds())
    assert refusal(await ask_for_ticket(host, cup, 1)) == (409, "played_already")
    assert (await take_result(host, cup, 1)).json()["one_score"] == 5


async def test_a_ticket_for_other_rules_is_replaced(home: Home) -> None:
    """History would refuse every match that is played with it."""
    host = home.host()
    cup = await host.at_home()
    home.office.rules += 1
    first = await ticket_of(host, cup, 1)
    home.office.rules -= 1
    second = await ticket_of(host, cup, 1)
    assert second["match_id"] != first["match_id"]
    assert await ticket_of(host, cup, 1) == second


@pytest.mark.parametrize("scores", [(5, 2), (4, 5)])
async def test_the_result_is_taken_from_history(home: Home, scores: tuple[int, int]) -> None:
    host = home.host()
    cup = await host.at_home("Ann", "Ben")
    ticket = await ticket_of(host, cup, 1)
    home.office.hand_in(ticket["match_id"], *scores)
    answer = await take_result(host, cup, 1)
    assert answer.status_code == 200
    pairing = answer.json()
    assert (pairing["state"], pairing["how"]) == ("over", "played")
    assert (pairing["one_score"], pairing["other_score"]) == scores
    assert pairing["winner"] == (pairing["one"] if scores[0] > scores[1] else pairing["other"])
    assert pairing["match_id"] == ticket["match_id"]
    assert (await host.seen(cup))["state"] == "finished"


async def test_a_claimed_score_is_not_read(home: Home) -> None:
    host = home.host()
    cup = await host.at_home("Ann", "Ben")
    ticket = await ticket_of(host, cup, 1)
    forged = {"winner": 2, "one_score": 0, "other_score": 5}
    answer = await host.ask("POST", f"/{cup}/pairings/1/result", forged)
    assert refusal(answer) == (409, "not_played_yet")
    home.office.hand_in(ticket["match_id"], 5, 1)
    answer = await host.ask("POST", f"/{cup}/pairings/1/result", forged)
    assert (answer.json()["winner"], answer.json()["one_score"]) == (1, 5)


@pytest.mark.parametrize(
    "format_", ["single_elimination", "double_elimination", "round_robin", "swiss"]
)
async def test_five_players_finish_one_match_at_a_time(home: Home, format_: str) -> None:
    host = home.host()
    rounds = {"round_robin": {"rounds": 1}}.get(format_, {})
    cup = await host.at_home(*FIVE, format=format_, **rounds)
    played = 0
    while (await host.seen(cup))["state"] == "running":
        await play_next(home, host, cup, 5, played % 5)
        played += 1
        assert played < MOST_MATCHES
    shown = await bracket_of(host, cup)
    assert {pairing["state"] for pairing in shown["pairings"]} == {"over"}
    assert sum(pairing["how"] == "played" for pairing in shown["pairings"]) == played
    assert shown["standings"][0]["place"] == 1
    assert (await host.seen(cup))["winner"] in FIVE


async def test_a_repeated_result_changes_nothing(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    ticket = await ticket_of(host, cup, 1)
    home.office.hand_in(ticket["match_id"], 5, 2)
    first = await take_result(host, cup, 1)
    before = await bracket_of(host, cup)
    again = await take_result(host, cup, 1)
    assert (again.status_code, again.json()) == (200, first.json())
    assert await bracket_of(host, cup) == before
    assert refusal(await ask_for_ticket(host, cup, 1)) == (409, "not_called")


async def test_parallel_results_count_once(busy_home: Home) -> None:
    host = busy_home.host()
    cup = await host.at_home()
    ticket = await ticket_of(host, cup, 1)
    busy_home.office.hand_in(ticket["match_id"], 5, 2)
    busy_home.office.waits_for = busy_home.office.asking + AT_ONCE
    answers = await asyncio.gather(*(take_result(host, cup, 1) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    states = [pairing["state"] for pairing in (await bracket_of(host, cup))["pairings"]]
    assert (states.count("over"), states.count("called")) == (1, 1)


async def test_a_result_of_a_ticket_replaced_meanwhile_does_not_count(
    busy_home: Home,
) -> None:
    host, office = busy_home.host(), busy_home.office
    cup = await host.at_home()
    first = await ticket_of(host, cup, 1)
    office.hand_in(first["match_id"], 5, 2)
    office.waits_for = office.asking + 2
    late = asyncio.create_task(take_result(host, cup, 1))
    await until(lambda: office.asking == office.waits_for - 1)
    await busy_home.hall.execute(
        "UPDATE pairings SET match_id = :another WHERE match_id = :first",
        another=new_id(),
        first=UUID(first["match_id"]),
    )
    assert refusal(await take_result(host, cup, 1)) == (409, "not_played_yet")
    assert refusal(await late) == (409, "not_played_yet")


async def test_a_ticket_requested_during_a_cancellation_leaves_no_half_state(
    busy_home: Home,
) -> None:
    host = busy_home.host()
    for _ in range(5):
        cup = await host.at_home()
        ticket, cancelled = await asyncio.gather(ask_for_ticket(host, cup, 1), host.cancel(cup))
        assert (cancelled.status_code, ticket.status_code in {200, 409}) == (200, True)
        assert refusal(await ask_for_ticket(host, cup, 1)) == (409, "not_called")


async def test_no_result_counts_in_a_cancelled_tournament(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    ticket = await ticket_of(host, cup, 1)
    assert (await host.cancel(cup)).status_code == 200
    home.office.hand_in(ticket["match_id"], 5, 2)
    assert refusal(await take_result(host, cup, 1)) == (409, "not_played_yet")
    assert (await host.seen(cup))["state"] == "cancelled"


async def test_a_match_of_one_pairing_does_not_count_for_another(home: Home) -> None:
    host = home.host()
    one, other = [await host.at_home() for _ in range(2)]
    mine = await ticket_of(host, one, 1)
    await ticket_of(host, other, 1)
    home.office.hand_in(mine["match_id"], 5, 2)
    assert refusal(await take_result(host, other, 1)) == (409, "not_played_yet")
    assert refusal(await take_result(host, one, 2)) == (409, "not_played_yet")
    assert (await take_result(host, one, 1)).status_code == 200


async def test_two_parallel_tournaments_are_independent(home: Home) -> None:
    alice, bob = home.host("Alice"), home.host("Bob")
    cups = [(alice, await alice.at_home(*FIVE)), (bob, await bob.at_home(*FIVE))]
    for _ in range(4):
        for host, cup in cups:
            await play_next(home, host, cup, 5, 1)
    matches = [
        pairing["match_id"]
        for host, cup in cups
        for pairing in (await bracket_of(host, cup))["pairings"]
        if pairing.get("match_id")
    ]
    assert len(matches) == len(set(matches)) == 8
    for host, cup in cups:
        assert (await host.seen(cup))["state"] == "finished"


async def test_only_a_called_pairing_gets_a_ticket(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    states = {p["number"]: p["state"] for p in (await bracket_of(host, cup))["pairings"]}
    assert sorted(states.values()) == ["called", "waiting", "waiting"]
    for number, state in states.items():
        if state == "waiting":
            assert refusal(await ask_for_ticket(host, cup, number)) == (409, "not_called")
            assert refusal(await take_result(host, cup, number)) == (409, "not_played_yet")
    assert home.office.given == []


async def test_a_called_pairing_without_a_ticket_has_no_result(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    assert refusal(await take_result(host, cup, 1)) == (409, "not_played_yet")


@pytest.mark.parametrize("action", ["ticket", "result"])
async def test_an_administrator_cannot_play_for_the_host(home: Home, action: str) -> None:
    host = home.host()
    cup = await host.at_home()
    await ticket_of(host, cup, 1)
    path = f"/{cup}/pairings/1/{action}"
    ada = home.hall.player("Ada", "admin")
    assert refusal(await ada.ask("POST", path)) == (403, "not_organiser")


@pytest.mark.parametrize("action", ["ticket", "result"])
async def test_an_unknown_tournament_or_pairing_is_not_found(home: Home, action: str) -> None:
    host = home.host()
    cup = await host.at_home()
    for number in (0, 99, 2**40):
        answer = await host.ask("POST", f"/{cup}/pairings/{number}/{action}")
        assert refusal(answer) == (404, "no_such_pairing")
    assert (await host.ask("POST", f"/{cup}/pairings/one/{action}")).status_code == 404
    draft = await host.created({**CUP, "kind": "hotseat", "size": 2, "aliases": ["Ann", "Ben"]})
    assert refusal(await host.ask("POST", f"/{draft}/pairings/1/{action}")) == (
        404, "no_such_pairing",
    )  # fmt: skip


@pytest.mark.parametrize("action", ["ticket", "result"])
async def test_an_online_tournament_has_no_tickets_or_results_to_take(
    home: Home, action: str
) -> None:
    host = home.host()
    cup = await host.started(*home.hall.players("Bob", "Cleo"))
    answer = await host.ask("POST", f"/{cup}/pairings/1/{action}")
    assert refusal(answer) == (404, "no_such_tournament")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
async def test_the_pairing_stays_called_if_history_issues_no_ticket(
    home: Home, status: int
) -> None:
    host = home.host()
    cup = await host.at_home()
    before = await bracket_of(host, cup)
    home.office.status = status
    assert_away(await ask_for_ticket(host, cup, 1))
    assert await bracket_of(host, cup) == before
    home.office.status = None
    assert (await ask_for_ticket(host, cup, 1)).status_code == 200


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
async def test_the_pairing_stays_in_play_if_history_returns_no_record(
    home: Home, status: int
) -> None:
    host = home.host()
    cup = await host.at_home()
    ticket = await ticket_of(host, cup, 1)
    home.office.hand_in(ticket["match_id"], 5, 2)
    before = await bracket_of(host, cup)
    home.office.status = status
    assert_away(await take_result(host, cup, 1))
    assert await bracket_of(host, cup) == before
    # Returning the existing ticket needs no other service.
    assert await ticket_of(host, cup, 1) == ticket
    home.office.status = None
    assert (await take_result(host, cup, 1)).status_code == 200


@pytest.mark.parametrize("answers", [[], {}, {"ticket": 7}, "yes", {"winner": "both"}])
async def test_an_invalid_answer_counts_as_none(home: Home, answers: object) -> None:
    host = home.host()
    cup = await host.at_home()
    home.office.answers = answers
    assert_away(await ask_for_ticket(host, cup, 1))
    home.office.answers = None
    ticket = await ticket_of(host, cup, 1)
    home.office.hand_in(ticket["match_id"], 5, 2)
    home.office.answers = answers
    assert_away(await take_result(host, cup, 1))


@pytest.mark.parametrize("away", ["auth_url", "history_url"])
async def test_no_match_begins_while_a_service_is_unavailable(
    db: SQLAlchemyAsyncConfig, away: str
) -> None:
    async with home_of(db, KEY, **{away: UNUSED_URL}) as home:
        host = home.host()
        cup = await host.at_home()
        assert_away(await ask_for_ticket(host, cup, 1))


async def test_an_erased_host_gets_no_ticket(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    await home.hall.erase(host)
    assert (await ask_for_ticket(host, cup, 1)).status_code in {403, 404}


async def test_an_alias_disqualified_meanwhile_has_lost(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    ticket = await ticket_of(host, cup, 1)
    shown = await bracket_of(host, cup)
    one = shown["pairings"][0]["one"]
    entry_id = next(each["entry_id"] for each in shown["entrants"] if each["seed"] == one)
    path = f"/{cup}/entries/{entry_id}/disqualification"
    assert (await host.ask("POST", path, {"reason": "Went home."})).status_code in {200, 201}
    home.office.hand_in(ticket["match_id"], 5, 0)
    pairing = (await take_result(host, cup, 1)).json()
    assert (pairing["how"], pairing["winner"]) == ("forfeit", pairing["other"])


async def test_changes_of_the_tournament_are_signalled(home: Home) -> None:
    host = home.host()
    cup = await host.at_home()
    revisions = [(await host.seen(cup))["revision"]]
    ticket = await ticket_of(host, cup, 1)
    revisions.append((await host.seen(cup))["revision"])
    home.office.hand_in(ticket["match_id"], 5, 2)
    await take_result(host, cup, 1)
    revisions.append((await host.seen(cup))["revision"])
    assert revisions == sorted(set(revisions))


async def ask_for_ticket(host: Attendee, cup: str, number: int) -> httpx.Response:
    return await host.ask("POST", f"/{cup}/pairings/{number}/ticket")


async def ticket_of(host: Attendee, cup: str, number: int) -> Json:
    answer = await ask_for_ticket(host, cup, number)
    assert answer.status_code == 200, answer.text
    ticket: Json = answer.json()
    return ticket


async def take_result(host: Attendee, cup: str, number: int) -> httpx.Response:
    return await host.ask("POST", f"/{cup}/pairings/{number}/result")


async def bracket_of(host: Attendee, cup: str) -> Json:
    answer = await host.ask("GET", f"/{cup}/bracket")
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    return shown


async def play_next(home: Home, host: Attendee, cup: str, left: int, right: int) -> None:
    """Play the only called match."""
    pairings = (await bracket_of(host, cup))["pairings"]
    [number] = [each["number"] for each in pairings if each["state"] in {"called", "playing"}]
    ticket = await ticket_of(host, cup, number)
    home.office.hand_in(ticket["match_id"], left, right)
    answer = await take_result(host, cup, number)
    assert answer.status_code == 200, answer.text


def assert_away(answer: httpx.Response) -> None:
    assert refusal(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"]
