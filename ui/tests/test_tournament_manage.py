"""The manage page, the form for changes, and the public audit log."""

import re
from uuid import UUID, uuid4

import httpx
import pytest

from tests.stand_ins.kept_tournaments import INVITATION
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

EVIL = {"Sec-Fetch-Site": "cross-site"}
STEPS = ("open", "start", "cancel")
OPEN_FORM = {
    "name": "Saturday Cup",
    "description": "Later.",
    "size": "32",
    "starts_at": "2027-03-14T18:30",
    "registration_closes_at": "",
    "check_in_minutes": "20",
}


def of_alice(tournaments: StandInTournaments, players: int = 2, **values: object) -> UUID:
    tournament_id = tournaments.add("Alice", "Friday Cup", **values)
    for number in range(players):
        tournaments.enter(tournament_id, f"Player{number}")
    return tournament_id


async def page_of(browser: httpx.AsyncClient, tournament_id: UUID, tab: str) -> str:
    page = (await browser.get(f"/tournaments/{tournament_id}/{tab}")).text
    return " ".join(page.split())


async def said_after(browser: httpx.AsyncClient, answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return (await browser.get(answer.headers["location"])).text


@pytest.mark.parametrize("tab", ["manage", "edit"])
async def test_the_manage_page_is_for_the_organiser_only(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, tab: str
) -> None:
    theirs = tournaments.add("Bob")
    answer = await alice.get(f"/tournaments/{theirs}/{tab}")
    assert answer.status_code == 404
    assert "/manage" not in (await alice.get(f"/tournaments/{theirs}")).text
    own = tournaments.add("Alice")
    assert f'href="/tournaments/{own}/manage"' in (await alice.get(f"/tournaments/{own}")).text


@pytest.mark.parametrize("tab", ["manage", "edit"])
async def test_a_visitor_signs_in_first_and_comes_back(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, tab: str
) -> None:
    tournament_id = tournaments.add("Alice")
    answer = await browser.get(f"/tournaments/{tournament_id}/{tab}")
    where = f"/sign-in?next=%2Ftournaments%2F{tournament_id}%2F{tab}"
    assert (answer.status_code, answer.headers["location"]) == (303, where)


@pytest.mark.parametrize(
    ("state", "has", "has_not"),
    [
        ("draft", ["/open", "/edit", "/cancel"], ["/start"]),
        ("open", ["/start", "/edit", "/cancel"], ["/open"]),
        ("running", ["/cancel", "/bracket"], ["/open", "/start", "/edit"]),
        ("finished", ["/bracket"], ["/open", "/start", "/edit", "/cancel"]),
        ("cancelled", ["/log"], ["/open", "/start", "/edit", "/cancel"]),
    ],
)
async def test_the_page_offers_the_available_actions(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    state: str,
    has: list[str],
    has_not: list[str],
) -> None:
    tournament_id = of_alice(tournaments, state=state)
    page = await page_of(alice, tournament_id, "manage")
    for path in has:
        assert f'"/tournaments/{tournament_id}{path}"' in page
    for path in has_not:
        assert f'"/tournaments/{tournament_id}{path}"' not in page


async def test_a_tournament_without_enough_players_cannot_be_started(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments, players=1)
    page = await page_of(alice, tournament_id, "manage")
    assert f'"/tournaments/{tournament_id}/start"' not in page
    assert "You need at least two players." in page
    answer = await alice.post(f"/tournaments/{tournament_id}/start")
    assert answer.headers["location"] == f"/tournaments/{tournament_id}/manage"
    assert "You need at least two players" in await said_after(alice, answer)


@pytest.mark.parametrize("visibility", ["public", "link"])
async def test_the_invitation_link_can_be_copied(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, visibility: str
) -> None:
    tournament_id = of_alice(tournaments, visibility=visibility)
    query = f"?invitation={INVITATION}" if visibility == "link" else ""
    page = await page_of(alice, tournament_id, "manage")
    assert f'value="https://pong.test/tournaments/{tournament_id}{query}" readonly' in page
    assert 'data-copies="#tournament-link"' in page


async def test_a_tournament_can_be_opened_and_started(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments, state="draft")
    for _ in range(2):
        answer = await alice.post(f"/tournaments/{tournament_id}/open")
        assert answer.headers["location"] == f"/tournaments/{tournament_id}/manage"
        assert "The tournament is open." in await said_after(alice, answer)
    answer = await alice.post(f"/tournaments/{tournament_id}/start")
    assert answer.headers["location"] == f"/tournaments/{tournament_id}/bracket"
    assert tournaments.of(tournament_id).shown["state"] == "running"


async def test_starting_a_hotseat_tournament_leads_to_the_court(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments, kind="hotseat", state="draft")
    assert "Start" in await page_of(alice, tournament_id, "manage")
    answer = await alice.post(f"/tournaments/{tournament_id}/start")
    assert answer.headers["location"] == f"/tournaments/{tournament_id}/hotseat"


async def test_a_tournament_is_cancelled_with_a_reason(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments)
    path = f"/tournaments/{tournament_id}/cancel"
    answer = await alice.post(path, data={"reason": "It rains."})
    assert answer.headers["location"] == f"/tournaments/{tournament_id}"
    assert "Tournament cancelled. The log shows your reason." in await said_after(alice, answer)
    assert "It rains." in await page_of(alice, tournament_id, "log")
    answer = await alice.post(path, data={"reason": "Once more."})
    assert "That isn’t possible right now" in await said_after(alice, answer)


async def test_a_cancellation_without_a_reason_is_refused(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments)
    answer = await alice.post(f"/tournaments/{tournament_id}/cancel", data={"reason": " "})
    assert answer.status_code == 400
    assert "Give a reason" in answer.text
    assert re.search(r"<details[^>]*\sopen", answer.text)
    assert tournaments.of(tournament_id).shown["state"] == "open"


@pytest.mark.parametrize("step", STEPS)
async def test_only_the_organiser_can_send_the_forms(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, step: str
) -> None:
    tournament_id = tournaments.add("Bob")
    before = dict(tournaments.of(tournament_id).shown)
    answer = await alice.post(f"/tournaments/{tournament_id}/{step}", data={"reason": "No."})
    assert answer.headers["location"] == f"/tournaments/{tournament_id}"
    assert "Only the organiser can do that." in await said_after(alice, answer)
    assert tournaments.of(tournament_id).shown == before


@pytest.mark.parametrize("step", [*STEPS, "edit"])
async def test_strangers_other_sites_and_wrong_addresses_change_nothing(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, step: str
) -> None:
    tournament_id = tournaments.add("Alice", state="draft")
    path, form = f"/tournaments/{tournament_id}/{step}", {**OPEN_FORM, "reason": "No."}
    answer = await browser.post(path, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    await browser.post("/sign-in", data={"username": "Alice", "password": "alice likes pong"})
    assert (await browser.post(path, data=form, headers=EVIL)).status_code == 403
    missing = await browser.post(f"/tournaments/{uuid4()}/{step}", data=form)
    assert missing.status_code == 404
    assert tournaments.of(tournament_id).shown["state"] == "draft"


@pytest.mark.parametrize("step", [*STEPS, "edit"])
async def test_an_unavailable_tournament_service_changes_nothing(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    tournament: StandInTournament,
    step: str,
) -> None:
    tournament_id = of_alice(tournaments)
    tournament.switch.down = True
    path, form = f"/tournaments/{tournament_id}/{step}", {**OPEN_FORM, "reason": "It rains."}
    assert (await alice.post(path, data=form)).status_code == 503
    tournament.switch.down = False
    assert tournaments.of(tournament_id).shown["state"] == "open"


async def test_every_setting_of_a_draft_can_be_changed(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(
        tournaments, players=0, state="draft", format="round_robin", rounds=2, ready_seconds=30
    )
    page = await page_of(alice, tournament_id, "edit")
    assert re.search(r'value="round_robin" checked', page)
    assert re.search(r'name="twice" type="checkbox" checked', page)
    assert re.search(r'name="ready_minutes" type="number" value="0.5"', page)
    form = {**OPEN_FORM, "format": "swiss", "points": "21", "rated": "false", "rounds": "4"}
    answer = await alice.post(f"/tournaments/{tournament_id}/edit", data=form)
    assert "Settings saved." in await said_after(alice, answer)
    shown = tournaments.of(tournament_id).shown
    wanted = {
        "name": "Saturday Cup",
        "format": "swiss",
        "points": 21,
        "rounds": 4,
        "size": 32,
        "starts_at": "2027-03-14T18:30:00Z",
        "check_in_minutes": 20,
    }
    assert {name: shown[name] for name in wanted} == wanted


async def test_only_texts_times_and_size_of_an_open_tournament_can_be_changed(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(
        tournaments, format="swiss", points=11, registration_closes_at="2027-03-14T18:00:00Z"
    )
    page = await page_of(alice, tournament_id, "edit")
    assert 'name="format"' not in page
    assert 'name="registration_closes_at" type="datetime-local" value="2027-03-14T18:00"' in page
    form = {**OPEN_FORM, "format": "round_robin", "points": "21", "visibility": "link"}
    await alice.post(f"/tournaments/{tournament_id}/edit", data=form)
    shown = tournaments.of(tournament_id).shown
    assert (shown["format"], shown["points"], shown["visibility"]) == ("swiss", 11, "public")
    assert (shown["name"], shown["size"], shown["description"]) == ("Saturday Cup", 32, "Later.")
    assert shown["registration_closes_at"] is None


async def test_the_size_of_an_open_tournament_is_limited_by_its_format(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments, format="round_robin", rounds=2)
    form = {**OPEN_FORM, "format": "swiss", "size": "33"}
    answer = await alice.post(f"/tournaments/{tournament_id}/edit", data=form)
    assert answer.status_code == 400
    assert "Enter a number from 2 to 32." in answer.text
    assert tournaments.of(tournament_id).shown["rounds"] == 2


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter a name."),
        ("size", "many", "Enter a number from 2 to 1024."),
        ("starts_at", "soon", "Enter a date and time"),
    ],
)
async def test_an_error_is_reported_at_its_field_and_the_form_is_kept(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    field: str,
    typed: str,
    words: str,
) -> None:
    tournament_id = of_alice(tournaments)
    form = {**OPEN_FORM, field: typed}
    answer = await alice.post(f"/tournaments/{tournament_id}/edit", data=form)
    assert answer.status_code == 400
    assert words in answer.text.split(f'id="{field}-error"')[1].split("</p>", maxsplit=1)[0]
    assert "Later." in answer.text
    assert tournaments.of(tournament_id).shown["name"] == "Friday Cup"


async def test_a_size_below_the_number_of_entrants_is_refused_with_a_reason(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments, players=5)
    form = {**OPEN_FORM, "size": "4"}
    answer = await alice.post(f"/tournaments/{tournament_id}/edit", data=form)
    assert answer.status_code == 409
    assert "More players have entered than that." in answer.text
    assert 'value="Saturday Cup"' in answer.text


async def test_a_running_tournament_has_no_form(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = of_alice(tournaments)
    tournaments.begin(tournament_id)
    answer = await alice.get(f"/tournaments/{tournament_id}/edit")
    assert answer.headers["location"] == f"/tournaments/{tournament_id}/manage"
    assert "That isn’t possible right now" in await said_after(alice, answer)
    answer = await alice.post(f"/tournaments/{tournament_id}/edit", data=OPEN_FORM)
    assert answer.status_code == 409
    assert "That isn’t possible right now" in answer.text


async def test_the_audit_log_shows_actor_action_and_reason_newest_first(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    tournaments.note(tournament_id, "opened")
    tournaments.note(tournament_id, "changed", subject="size", before="16", after="8")
    changed = {"before": "", "after": "2027-03-14T18:30:00+00:00"}
    tournaments.note(tournament_id, "changed", subject="starts_at", **changed)
    tournaments.note(tournament_id, "started", actor="the clock")
    tournaments.note(tournament_id, "disqualified", subject="Dave", reason="<b>Rude</b>, twice.")
    page = await page_of(browser, tournament_id, "log")
    titles = re.findall(r'<p class="ledger-title strong"> ?(\w+)', page)
    assert titles == ["Disqualified", "Started", "Changed", "Changed", "Opened"]
    assert "<del><bdi>16</bdi></del>" in page
    assert "<ins><bdi>8</bdi></ins>" in page
    assert "&lt;b&gt;Rude&lt;/b&gt;, twice." in page
    assert "<bdi>Automatic</bdi>" in page
    assert "<bdi>start</bdi>" in page
    assert '<ins><time datetime="2027-03-14T18:30:00Z" data-local>14 Mar 2027, 18:30 UTC' in page


async def test_the_audit_log_is_loaded_page_by_page(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    assert "Nothing logged yet." in await page_of(browser, tournament_id, "log")
    for _ in range(33):
        tournaments.note(tournament_id, "changed", subject="size", before="4", after="8")
    page = await page_of(browser, tournament_id, "log")
    assert page.count('class="ledger-row"') == 30
    assert "data-tournament-stream" not in page
    path = f"/tournaments/{tournament_id}/log?cursor=30"
    headers = {"HX-Request": "true", "HX-Target": "li#more-notes"}
    more = (await browser.get(path, headers=headers)).text
    assert more.count('class="ledger-row"') == 3
    assert "<html" not in more


async def test_the_audit_log_of_a_draft_is_for_the_organiser_only(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    theirs = tournaments.add("Bob", state="draft")
    assert (await alice.get(f"/tournaments/{theirs}/log")).status_code == 404


@pytest.mark.parametrize(("old", "new"), [("desk", "manage"), ("record", "log")])
async def test_an_old_address_redirects_to_the_new_one(
    browser: httpx.AsyncClient, old: str, new: str
) -> None:
    tournament = f"/tournaments/{uuid4()}"
    answer = await browser.get(f"{tournament}/{old}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{tournament}/{new}")
