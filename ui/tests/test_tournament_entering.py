"""Entering, leaving, checking in and returning: single-button forms that
lead back to the tournament."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.kept_tournaments import INVITATION, pairing
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

ACTIONS = ("enter", "leave", "check-in", "return")


async def do(
    browser: httpx.AsyncClient, tournament_id: UUID, action: str, **form: str
) -> tuple[int, str, str]:
    """Send a form; return the status, the address it leads to, and the notice there."""
    answer = await browser.post(f"/tournaments/{tournament_id}/{action}", data=form)
    where = answer.headers["location"]
    page = (await browser.get(where)).text
    notices = page.split('id="notices"')[1].split("</div>", maxsplit=1)[0]
    return answer.status_code, where, " ".join(notices.split())


async def test_a_player_can_enter(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    status, where, said = await do(alice, tournament_id, "enter")
    assert (status, where) == (303, f"/tournaments/{tournament_id}")
    assert "You’re in." in said
    assert tournaments.of(tournament_id).entry_of("Alice")


async def test_entering_twice_counts_once(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    for _ in range(2):
        _, _, said = await do(alice, tournament_id, "enter")
        assert "You’re in." in said
    assert len(tournaments.of(tournament_id).entries) == 1


async def test_later_entries_join_the_waiting_list(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=2)
    for name in ("Charlie", "Dave"):
        tournaments.enter(tournament_id, name)
    _, _, said = await do(alice, tournament_id, "enter")
    assert "you’re on the waiting list" in said


async def test_a_player_can_leave_twice(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=2)
    for name in ("Alice", "Charlie", "Dave"):
        tournaments.enter(tournament_id, name)
    for _ in range(2):
        status, where, said = await do(alice, tournament_id, "leave")
        assert (status, where) == (303, f"/tournaments/{tournament_id}")
        assert "You’ve left the tournament." in said
    states = {each["name"]: each["state"] for each in tournaments.of(tournament_id).entries}
    assert states == {"Charlie": "entered", "Dave": "entered"}


async def test_the_invitation_is_sent_along(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(visibility="link")
    _, where, said = await do(alice, tournament_id, "enter", invitation="guessed")
    assert where == f"/tournaments/{tournament_id}?invitation=guessed"
    assert "You need an invitation" in said
    await do(alice, tournament_id, "enter", invitation=INVITATION)
    assert tournaments.of(tournament_id).entry_of("Alice")


async def test_a_player_can_check_in(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    starts_at = datetime.now(UTC) + timedelta(minutes=10)
    tournament_id = tournaments.add(check_in_minutes=15, starts_at=starts_at.isoformat())
    tournaments.enter(tournament_id, "Alice")
    for _ in range(2):
        _, _, said = await do(alice, tournament_id, "check-in")
        assert "You’ve checked in" in said
    entry = tournaments.of(tournament_id).entry_of("Alice")
    assert entry
    assert entry["checked_in"]


async def test_a_withdrawn_player_can_return_to_a_swiss_tournament(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(format="swiss", rounds=3)
    for name in ("Alice", "Charlie"):
        tournaments.enter(tournament_id, name)
    tournaments.begin(tournament_id, [pairing(1, 1, 2)])
    await do(alice, tournament_id, "leave")
    entry = tournaments.of(tournament_id).entry_of("Alice")
    assert entry
    assert entry["state"] == "withdrawn"
    _, _, said = await do(alice, tournament_id, "return")
    assert "You’re back in" in said
    assert entry["state"] == "playing"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("enter", "Registration is closed."),
        ("check-in", "You’re not in this tournament."),
        ("return", "You’re not in this tournament."),
    ],
)
async def test_a_refusal_is_shown_on_the_current_page(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, action: str, words: str
) -> None:
    tournament_id = tournaments.add(state="running", started_at="2026-11-28T18:00:00Z")
    status, where, said = await do(alice, tournament_id, action)
    assert (status, where) == (303, f"/tournaments/{tournament_id}")
    assert words in said


async def test_a_removed_player_is_told_where_to_find_the_reason(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    tournaments.of(tournament_id).thrown_out.add("Alice")
    _, _, said = await do(alice, tournament_id, "enter")
    assert "The log gives the reason" in said


async def test_an_unverified_player_cannot_enter(
    browser: httpx.AsyncClient, auth: StandInAuth, tournaments: StandInTournaments
) -> None:
    auth.people["Alice"].verified = False
    await browser.post("/sign-in", data={"username": "Alice", "password": "alice likes pong"})
    tournament_id = tournaments.add()
    _, _, said = await do(browser, tournament_id, "enter")
    assert "Verify your email address" in said
    assert tournaments.of(tournament_id).entries == []


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_visitor_signs_in_first(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, action: str
) -> None:
    answer = await browser.post(f"/tournaments/{tournaments.add()}/{action}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_unknown_tournament_has_an_error_page(
    alice: httpx.AsyncClient, action: str
) -> None:
    assert (await alice.post(f"/tournaments/{uuid4()}/{action}")).status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_unavailable_tournament_service_is_reported(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    tournament: StandInTournament,
    action: str,
) -> None:
    tournament_id = tournaments.add()
    tournament.switch.down = True
    answer = await alice.post(f"/tournaments/{tournament_id}/{action}")
    assert answer.status_code == 503
    assert "We can’t save right now" in answer.text


@pytest.mark.parametrize("action", ACTIONS)
async def test_another_site_cannot_send_the_forms(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    tournament: StandInTournament,
    action: str,
) -> None:
    evil = {"Sec-Fetch-Site": "cross-site"}
    answer = await alice.post(f"/tournaments/{tournaments.add()}/{action}", headers=evil)
    assert answer.status_code == 403
    assert tournament.switch.asked == []
