"""The page of one tournament match: called, ready, playing, over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.kept_tournaments import pairing
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

PART = {"HX-Request": "true", "HX-Target": "section#pairing"}
BRACKET = "/bracket"


@pytest.fixture
def cup(tournaments: StandInTournaments, tournament: StandInTournament) -> UUID:  # noqa: ARG001
    """A tournament in which Alice is called against Bob, Charlie against Dave;
    the winners play the final."""
    cup = tournaments.add("Zoe", "Winter Cup", points=11)
    for name in ("Alice", "Bob", "Charlie", "Dave"):
        tournaments.enter(cup, name)
    tournaments.begin(
        cup,
        [
            pairing(1, 1, 2, state="called", deadline=in_four_minutes()),
            pairing(2, 3, 4, state="called", deadline=in_four_minutes()),
            pairing(3, None, None, round=2),
        ],
    )
    return cup


def in_four_minutes() -> str:
    return (datetime.now(UTC) + timedelta(minutes=4)).isoformat()


def attributes(text: str, mark: str) -> str:
    return text.split(mark)[1].partition(">")[0]


async def test_a_called_player_sees_opponent_deadline_and_button(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    page = await alice.get(f"/tournaments/{cup}/pairings/1")
    assert page.status_code == 200
    for shown in (
        "You play <bdi>Bob</bdi>",
        "<bdi>Winter Cup</bdi>",
        "Semi-finals, first to 11",
        f'action="/tournaments/{cup}/pairings/1/ready"',
        f'href="/tournaments/{cup}{BRACKET}"',
    ):
        assert shown in page.text
    assert page.text.count("Not ready yet") == 2
    assert 230 <= int(page.text.split('data-left="')[1].split('"')[0]) <= 240
    assert page.headers["cache-control"] == "no-store"


async def test_the_page_is_refreshed_with_a_script_and_without(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    page = (await alice.get(f"/tournaments/{cup}/pairings/1")).text
    asks = attributes(page, 'id="pairing-asks"')
    assert "every 3s, live:games from:body" in asks
    assert 'hx-target="#pairing"' in asks
    assert '<meta http-equiv="refresh"' in page.split("<noscript>")[1].split("</noscript>")[0]


async def test_a_refresh_costs_one_small_request(
    alice: httpx.AsyncClient, tournament: StandInTournament, cup: UUID
) -> None:
    """Up to half of a thousand players wait at once, and their bracket is large."""
    tournament.switch.asked.clear()
    part = await alice.get(f"/tournaments/{cup}/pairings/1", headers=PART)
    assert "<html" not in part.text
    assert "You play <bdi>Bob</bdi>" in part.text
    assert "I’m ready" in part.text
    assert tournament.switch.paths() == ["/api/tournament/tournaments/summons"]


async def test_a_ready_player_waits_for_the_other(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    for _ in range(2):
        answer = await alice.post(f"/tournaments/{cup}/pairings/1/ready")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/tournaments/{cup}/pairings/1",
        )
    assert tournaments.of(cup).pairings[0]["one_ready"] is True
    for headers in ({}, PART):
        page = (await alice.get(f"/tournaments/{cup}/pairings/1", headers=headers)).text
        assert "You’re ready. <bdi>Bob</bdi> isn’t ready yet." in page
        assert "I’m ready" not in page


async def test_the_second_ready_player_is_led_to_the_court(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    tournaments.of(cup).pairings[0]["other_ready"] = True
    answer = await alice.post(f"/tournaments/{cup}/pairings/1/ready")
    match_id = tournaments.of(cup).pairings[0]["match_id"]
    assert answer.headers["location"] == f"/online/{match_id}"


@pytest.mark.parametrize(
    ("headers", "status", "name"), [({}, 303, "location"), (PART, 200, "hx-redirect")]
)
async def test_a_waiting_player_is_led_to_the_court_once_there_is_one(
    *,
    alice: httpx.AsyncClient,
    tournament: StandInTournament,
    tournaments: StandInTournaments,
    cup: UUID,
    headers: dict[str, str],
    status: int,
    name: str,
) -> None:
    match_id = tournament.add_match("Alice", "Bob", "waiting")
    tournaments.of(cup).pairings[0] |= {"state": "playing", "match_id": str(match_id)}
    answer = await alice.get(f"/tournaments/{cup}/pairings/1", headers=headers)
    assert (answer.status_code, answer.headers[name]) == (status, f"/online/{match_id}")


async def test_a_void_match_does_not_redirect_its_players(
    alice: httpx.AsyncClient,
    tournament: StandInTournament,
    tournaments: StandInTournaments,
    cup: UUID,
) -> None:
    match_id = tournament.add_match("Alice", "Bob", "void")
    tournaments.of(cup).pairings[0] |= {"state": "playing", "match_id": str(match_id)}
    page = await alice.get(f"/tournaments/{cup}/pairings/1")
    assert page.status_code == 200
    assert "<bdi>Bob</bdi>" in page.text


async def test_an_open_page_shows_the_end_and_stops_refreshing(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    tournaments.of(cup).pairings[0] |= {"state": "over", "how": "forfeit", "winner": 2}
    part = await alice.get(f"/tournaments/{cup}/pairings/1", headers=PART)
    assert "hx-redirect" not in part.headers
    assert "<bdi>Bob</bdi> wins" in part.text
    assert "<bdi>Alice</bdi> wasn’t ready in time, or gave up." in part.text
    assert "pairing-asks" not in part.text
    assert f'href="/tournaments/{cup}{BRACKET}"' in part.text


async def test_spectators_see_the_page_without_a_button(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    tournaments.of(cup).pairings[0]["one_ready"] = True
    page = (await browser.get(f"/tournaments/{cup}/pairings/1")).text
    assert "<bdi>Alice</bdi> against <bdi>Bob</bdi>" in page
    assert page.count("data-ready") == 1
    assert "data-left" in page
    assert "I’m ready" not in page
    assert "every 6s" in attributes(page, 'id="pairing-asks"')


async def test_another_player_is_a_spectator(alice: httpx.AsyncClient, cup: UUID) -> None:
    page = (await alice.get(f"/tournaments/{cup}/pairings/2")).text
    assert "<bdi>Charlie</bdi> against <bdi>Dave</bdi>" in page
    assert "/ready" not in page


async def test_a_running_match_can_be_watched(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    match_id = uuid4()
    tournaments.of(cup).pairings[1] |= {"state": "playing", "match_id": str(match_id)}
    page = (await browser.get(f"/tournaments/{cup}/pairings/2")).text
    assert f'href="/watch/{match_id}"' in page


async def test_a_played_match_has_its_score_and_record(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    match_id = uuid4()
    tournaments.of(cup).pairings[0] |= {
        "state": "over",
        "how": "played",
        "winner": 1,
        "one_score": 11,
        "other_score": 8,
        "match_id": str(match_id),
    }
    page = (await alice.get(f"/tournaments/{cup}/pairings/1")).text
    assert "You win" in page
    assert '<span class="pairing-score numerals">11</span>' in page
    assert f'href="/matches/{match_id}"' in page
    assert "http-equiv" not in page


async def test_a_future_match_says_that_its_players_are_unknown(
    browser: httpx.AsyncClient, cup: UUID
) -> None:
    page = (await browser.get(f"/tournaments/{cup}/pairings/3")).text
    assert "Upcoming match" in page
    assert page.count("To be decided") == 2


@pytest.mark.parametrize(
    ("how", "winner", "said"),
    [
        ("double_forfeit", 0, "Neither player was ready in time."),
        ("decided", 1, "The organiser decided this match."),
        ("decided", 0, "No winner"),
        ("unneeded", 0, "The first final already decided the winner."),
    ],
)
async def test_every_kind_of_end_is_described_in_words(
    *,
    browser: httpx.AsyncClient,
    tournaments: StandInTournaments,
    cup: UUID,
    how: str,
    winner: int,
    said: str,
) -> None:
    tournaments.of(cup).pairings[0] |= {"state": "over", "how": how, "winner": winner}
    assert said in (await browser.get(f"/tournaments/{cup}/pairings/1")).text


async def test_a_bye_is_a_win_without_an_opponent(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    tournaments.of(cup).pairings[0] |= {"state": "over", "how": "bye", "winner": 1, "other": 0}
    page = (await browser.get(f"/tournaments/{cup}/pairings/1")).text
    assert "<bdi>Alice</bdi> wins" in page
    assert "No opponent</span>" in page


class TestRefusals:
    async def test_a_player_in_another_match_is_told_so_and_led_there(
        self,
        alice: httpx.AsyncClient,
        tournament: StandInTournament,
        pairings: StandInPairings,
        cup: UUID,
    ) -> None:
        pairings.busy.add("Alice")
        match_id = tournament.add_match("Alice", "Eve")
        answer = await alice.post(f"/tournaments/{cup}/pairings/1/ready")
        assert answer.headers["location"] == f"/tournaments/{cup}/pairings/1"
        page = (await alice.get(f"/tournaments/{cup}/pairings/1")).text
        assert "One of you is still in another match" in page
        assert f'href="/online/{match_id}">Go to that match' in page

    async def test_a_match_that_is_not_called_cannot_be_confirmed(
        self, alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
    ) -> None:
        tournaments.of(cup).pairings[0] |= {"state": "over", "how": "forfeit", "winner": 2}
        answer = await alice.post(f"/tournaments/{cup}/pairings/1/ready")
        assert answer.status_code == 303
        page = (await alice.get(f"/tournaments/{cup}/pairings/1")).text
        assert "isn’t waiting for players to be ready" in page

    async def test_another_player_is_told_whose_match_it_is(
        self, alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
    ) -> None:
        await alice.post(f"/tournaments/{cup}/pairings/2/ready")
        page = (await alice.get(f"/tournaments/{cup}/pairings/2")).text
        assert "This match is between two other players." in page
        assert "one_ready" not in tournaments.of(cup).pairings[1]

    async def test_a_visitor_signs_in_first(
        self, browser: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
    ) -> None:
        answer = await browser.post(f"/tournaments/{cup}/pairings/1/ready")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "one_ready" not in tournaments.of(cup).pairings[0]

    async def test_another_site_cannot_confirm_for_a_player(
        self, alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
    ) -> None:
        headers = {"Origin": "https://evil.example"}
        answer = await alice.post(f"/tournaments/{cup}/pairings/1/ready", headers=headers)
        assert answer.status_code == 403
        assert "one_ready" not in tournaments.of(cup).pairings[0]

    async def test_an_action_while_tournament_is_down_is_reported(
        self, alice: httpx.AsyncClient, tournament: StandInTournament, cup: UUID
    ) -> None:
        tournament.switch.down = True
        for answer in (
            await alice.get(f"/tournaments/{cup}/pairings/1"),
            await alice.post(f"/tournaments/{cup}/pairings/1/ready"),
        ):
            assert answer.status_code == 503
            assert "nothing is lost" in answer.text.lower()


@pytest.mark.parametrize("path", ["pairings/99", "pairings/first", "pairings/-1"])
async def test_an_unknown_match_is_not_found(
    alice: httpx.AsyncClient, cup: UUID, path: str
) -> None:
    assert (await alice.get(f"/tournaments/{cup}/{path}")).status_code == 404
    assert (await alice.get(f"/tournaments/{uuid4()}/{path}")).status_code == 404


async def test_names_with_html_are_escaped(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, auth: StandInAuth
) -> None:
    name = "<script>alert(1)</script>"
    cup = tournaments.add("Zoe", name)
    auth.add_player(name, None)
    for each in (name, "Bob"):
        tournaments.enter(cup, each)
    tournaments.begin(cup)
    page = (await browser.get(f"/tournaments/{cup}/pairings/1")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
