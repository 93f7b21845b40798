"""The tournaments of a player, on the profile and in the own history."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import httpx
import pytest

from tests.stand_ins.auth import NAMESPACE, StandInAuth
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.tournament import StandInTournament
from ui import formats

BEGAN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
MORE = {"HX-Request": "true", "HX-Target": "li#more-placings"}


def cup(number: int) -> UUID:
    return uuid5(NAMESPACE, f"cup {number}")


@pytest.fixture
def placed(auth: StandInAuth, own_accounts: OwnAccounts, pairings: StandInPairings) -> None:
    """Alice and Bob, who have played in twelve tournaments each."""
    own_accounts.change(auth.add_player("Bob", "bob prefers chess"), display_name="Bob")
    for name in ("Alice", "Bob"):
        pairings.placings[name] = [
            {
                "tournament_id": str(cup(number)),
                "name": f"Cup {number} <of many>",
                "format": "swiss",
                "state": "finished",
                "entrants": 24,
                "place": 12 - number,
                "started_at": (BEGAN + timedelta(days=number)).isoformat(),
                "ended_at": (BEGAN + timedelta(days=number, hours=2)).isoformat(),
            }
            for number in range(11, -1, -1)
        ]


@pytest.mark.usefixtures("placed")
async def test_a_profile_shows_places_in_tournaments(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/players/Bob")).text
    rows = (
        page.split('aria-labelledby="placings-title"')[1]
        .split("</ol>")[0]
        .split('class="placing"')[1:]
    )
    assert len(rows) == 10
    assert "every tournament" not in page
    for shown in (
        f'href="/tournaments/{cup(11)}"',
        "data-won>1st</span>",
        "Cup 11 &lt;of many&gt;",
        "of 24, swiss",
        "5 December 2026",
    ):
        assert shown in rows[0]
    assert ">2nd<" in rows[1]
    assert "data-won" not in rows[1]


@pytest.mark.usefixtures("placed")
async def test_more_places_can_be_loaded_without_a_script_and_with_one(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/players/Bob")
    assert 'href="/players/Bob?tournaments=10"' in page.text
    assert "js/htmx.js" in page.text
    rest = await browser.get("/players/Bob?tournaments=10")
    assert rest.text.count('class="placing"') == 2
    assert "Back to the latest" in rest.text
    part = await browser.get("/players/Bob?tournaments=10", headers=MORE)
    assert "<html" not in part.text
    assert part.text.count('class="placing"') == 2
    assert "Earlier tournaments<" not in part.text
    assert 'id="load-more-placings"' in part.text


@pytest.mark.usefixtures("placed")
async def test_the_own_history_begins_with_the_latest_tournaments(alice: httpx.AsyncClient) -> None:
    page = (await alice.get("/matches")).text
    assert page.count('class="placing"') == 3
    assert 'hx-get="/players/Alice?tournaments=3"' in page
    assert page.index('aria-labelledby="placings-title"') < page.index('id="match-results"')


@pytest.mark.usefixtures("placed")
async def test_other_parts_of_the_history_do_not_request_tournaments(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "div#match-results"}
    await alice.get("/matches?mode=ai", headers=headers)
    await alice.get("/matches?cursor=20")
    assert tournament.switch.asked == []


async def test_a_running_tournament_has_no_place(
    browser: httpx.AsyncClient, pairings: StandInPairings
) -> None:
    pairings.placings["Alice"] = [
        {
            "tournament_id": str(cup(1)),
            "name": "Winter Cup",
            "format": "double_elimination",
            "state": "running",
            "entrants": 1024,
            "place": None,
            "started_at": BEGAN.isoformat(),
            "ended_at": None,
        }
    ]
    page = (await browser.get("/players/Alice")).text
    row = page.split('class="placing"')[1].split("</li>")[0]
    assert "Running" in row
    assert "among 1,024, double elimination" in row
    assert "24 November 2026" in row


async def test_a_player_without_tournaments_has_no_list(alice: httpx.AsyncClient) -> None:
    for path in ("/players/Alice", "/matches"):
        assert "placings" not in (await alice.get(path)).text


@pytest.mark.usefixtures("placed")
async def test_the_pages_open_while_tournament_is_down(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    tournament.switch.down = True
    for path in ("/players/Alice", "/players/Bob", "/matches"):
        answer = await alice.get(path)
        assert answer.status_code == 200
        assert "placings" not in answer.text
    part = await alice.get("/players/Bob?tournaments=10", headers=MORE)
    assert part.status_code == 503


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (13, "13th"),
        (22, "22nd"),
        (112, "112th"),
        (1003, "1003rd"),
    ],
)
def test_places_are_written_as_ordinals(place: int, said: str) -> None:
    assert formats.ordinal(place) == said
