"""Creating online and hotseat tournaments."""

import re
from http import HTTPStatus

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

FORM = {"key": "k1", "name": "Friday Cup", "format": "swiss", "size": "16", "points": "11"}
HOTSEAT = {
    "key": "k2",
    "name": "At home",
    "format": "round_robin",
    "points": "5",
    "aliases": "Alice\r\n Grandma \r\n\r\nZoë",
}
PATHS = ("/tournaments/new", "/tournaments/hotseat/new")
BOTH = [(PATHS[0], FORM), (PATHS[1], HOTSEAT)]


def value_of(page: str, name: str) -> str:
    [found] = re.findall(rf'name="{name}"[^>]*?value="([^"]*)"', page)
    return str(found)


def error_at(page: str, name: str) -> str:
    return page.split(f'id="{name}-error">')[1].split("</p>", maxsplit=1)[0]


@pytest.mark.parametrize("path", PATHS)
async def test_a_visitor_signs_in_first_and_comes_back(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize(("path", "form"), BOTH)
async def test_a_visitor_cannot_create_a_tournament(
    browser: httpx.AsyncClient,
    tournaments: StandInTournaments,
    path: str,
    form: dict[str, str],
) -> None:
    for data in (form, {}):
        answer = await browser.post(path, data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert tournaments.all == []


async def test_the_form_has_usable_defaults(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    page = (await alice.get("/tournaments/new")).text
    form = {name: value_of(page, name) for name in ("key", "name", "size", "ready_minutes")}
    answer = await alice.post("/tournaments/new", data=form)
    [kept] = tournaments.all
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/tournaments/{kept.id}/manage",
    )
    assert kept.shown["name"] == "Alice's cup".replace("'", "&#39;")
    assert (kept.shown["size"], kept.shown["state"]) == (16, "draft")
    assert "Tournament created as a draft" in (await alice.get(answer.headers["location"])).text


async def test_all_chosen_settings_are_sent(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    more = {
        "description": "One.\r\nTwo.",
        "rated": "false",
        "visibility": "link",
        "rounds": "6",
        "ready_minutes": "2.5",
        "starts_at": "2027-03-14T18:30",
        "registration_closes_at": "2027-03-14T18:00",
        "check_in_minutes": "15",
    }
    await alice.post("/tournaments/new", data={**FORM, **more})
    shown = tournaments.named("Friday Cup").shown
    wanted = {
        "format": "swiss",
        "points": 11,
        "description": "One.\nTwo.",
        "rated": False,
        "visibility": "link",
        "rounds": 6,
        "ready_seconds": 150,
        "starts_at": "2027-03-14T18:30:00Z",
        "registration_closes_at": "2027-03-14T18:00:00Z",
        "check_in_minutes": 15,
    }
    assert {name: shown[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("format_", "third_place", "rounds"),
    [
        ("single_elimination", True, None),
        ("double_elimination", False, None),
        ("round_robin", False, 2),
        ("swiss", False, 4),
    ],
)
async def test_settings_without_use_in_a_format_are_left_out(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    format_: str,
    third_place: bool,
    rounds: int | None,
) -> None:
    answers = {"third_place": "on", "twice": "on", "rounds": "4"}
    await alice.post("/tournaments/new", data={**FORM, **answers, "format": format_})
    shown = tournaments.named("Friday Cup").shown
    assert (shown["third_place"], shown["rounds"]) == (third_place, rounds)


async def test_sending_the_form_twice_creates_one_tournament(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    places = {
        (await alice.post("/tournaments/new", data=FORM)).headers["location"] for _ in range(2)
    }
    assert len(places) == 1
    assert len(tournaments.all) == 1


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "   ", "Enter a name."),
        ("name", "x" * 81, "Use at most 80 characters."),
        ("size", "1", "Enter a number from 2 to 1024."),
        ("size", "1_6", "Enter a number from 2 to 1024."),
        ("size", "", "Enter a number from 2 to 1024."),
        ("points", "8", "Choose one of the options."),
        ("format", "ladder", "Choose a format."),
        ("description", "x" * 2001, "Use at most 2000 characters."),
        ("starts_at", "tomorrow", "Enter a date and time"),
        ("starts_at", "0001-01-01T00:00+23:00", "Enter a date and time"),
        ("registration_closes_at", "2027-13-01T00:00", "Enter a date and time"),
        ("check_in_minutes", "15", "Set a start time"),
        ("check_in_minutes", "500", "Enter a number from 1 to 120."),
        ("ready_minutes", "nan", "Enter a number from 0.5 to 60."),
        ("rounds", "31", "Enter a number from 1 to 30."),
    ],
)
async def test_an_error_is_reported_at_its_field_and_the_form_is_kept(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    field: str,
    typed: str,
    words: str,
) -> None:
    data = {**FORM, "description": "Bring your <b>own</b> paddle.", field: typed}
    answer = await alice.post("/tournaments/new", data=data)
    assert answer.status_code == 400
    assert words in error_at(answer.text, field)
    assert value_of(answer.text, "key") == "k1"
    assert tournaments.all == []
    if field == "name":
        assert "Bring your &lt;b&gt;own&lt;/b&gt; paddle." in answer.text
    else:
        assert value_of(answer.text, "name") == "Friday Cup"


async def test_an_error_under_more_opens_that_part(alice: httpx.AsyncClient) -> None:
    assert "<details" in (await alice.get("/tournaments/new")).text
    fold = re.compile(r"<details[^>]*\sopen")
    assert not fold.search((await alice.get("/tournaments/new")).text)
    answer = await alice.post("/tournaments/new", data={**FORM, "rounds": "99"})
    assert fold.search(answer.text)


async def test_an_error_of_the_service_is_reported_at_its_field(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, tournament: StandInTournament
) -> None:
    data = {**FORM, "format": "round_robin", "size": "33"}
    answer = await alice.post("/tournaments/new", data=data)
    assert "Enter a number from 2 to 32." in error_at(answer.text, "size")
    assert tournaments.all == []
    assert tournament.switch.asked == []
    same = {**HOTSEAT, "aliases": "Zoë\nzoë"}
    answer = await alice.post("/tournaments/hotseat/new", data=same)
    assert answer.status_code == 400
    assert "Use each name once: Zoë." in error_at(answer.text, "aliases")
    assert "Zoë\nzoë" in answer.text


async def test_a_refused_hotseat_name_is_reported_at_the_field_of_names(
    alice: httpx.AsyncClient,
) -> None:
    names = "\n".join(("Zoë", "Y" * 33, "Z" * 34))
    answer = await alice.post("/tournaments/hotseat/new", data={**HOTSEAT, "aliases": names})
    assert answer.status_code == 400
    said = error_at(answer.text, "aliases")
    assert "Name 2: " in said
    assert "Name 3: " in said


async def test_an_unverified_player_sees_a_notice_above_the_form(
    browser: httpx.AsyncClient, auth: StandInAuth, tournaments: StandInTournaments
) -> None:
    auth.people["Alice"].verified = False
    await browser.post("/sign-in", data={"username": "Alice", "password": "alice likes pong"})
    answer = await browser.post("/tournaments/new", data=FORM)
    assert answer.status_code == 403
    assert "Verify your email address" in answer.text
    assert value_of(answer.text, "name") == "Friday Cup"
    assert tournaments.all == []


async def test_a_hotseat_tournament_is_created_from_its_names(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    answer = await alice.post("/tournaments/hotseat/new", data=HOTSEAT)
    [kept] = tournaments.all
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tournaments/{kept.id}")
    wanted = {
        "kind": "hotseat",
        "name": "At home",
        "format": "round_robin",
        "points": 5,
        "size": 3,
        "rounds": 1,
        "rated": False,
    }
    assert {name: kept.shown[name] for name in wanted} == wanted
    assert [each["name"] for each in kept.entries] == ["Alice", "Grandma", "Zoë"]
    page = (await alice.get(answer.headers["location"])).text
    assert f'action="/tournaments/{kept.id}/start"' in page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("aliases", "Alice", "Enter 2 to 64 names, one per line. You entered 1."),
        ("aliases", "\n".join(map(str, range(65))), "You entered 65."),
        ("name", "", "Enter a name."),
        ("name", "x" * 81, "Use at most 80 characters."),
        ("points", "4", "Choose one of the options."),
        ("format", "", "Choose a format."),
    ],
)
async def test_an_invalid_hotseat_form_keeps_its_values(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    field: str,
    typed: str,
    words: str,
) -> None:
    answer = await alice.post("/tournaments/hotseat/new", data={**HOTSEAT, field: typed})
    assert answer.status_code == 400
    assert words in error_at(answer.text, field)
    assert value_of(answer.text, "key") == "k2"
    assert tournaments.all == []


@pytest.mark.parametrize(("path", "form"), BOTH)
async def test_typed_texts_are_kept_while_tournament_is_down(
    alice: httpx.AsyncClient, tournament: StandInTournament, path: str, form: dict[str, str]
) -> None:
    tournament.switch.down = True
    answer = await alice.post(path, data=form)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Tournaments are unavailable right now" in answer.text
    assert value_of(answer.text, "name") == form["name"]
    assert value_of(answer.text, "key") == form["key"]


@pytest.mark.parametrize(("path", "form"), BOTH)
async def test_another_site_cannot_create_a_tournament(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, path: str, form: dict[str, str]
) -> None:
    answer = await alice.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert tournaments.all == []
