"""The bracket of a tournament as a page, of any size, and as a block that is refreshed."""

import gzip
import re
from uuid import UUID

import httpx
import msgspec
import pytest

from contracts.tournament.tournaments import BracketDetails
from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.brackets import bracket, entrants, pairing, single_elimination, standing, swiss
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

FIRST_PAGE_BYTES = 60_000
BLOCK = {"HX-Request": "true", "HX-Target": "div#bracket"}
MATCH = UUID("018f0000-0000-7000-8000-00000000000a")


def running(
    tournaments: StandInTournaments,
    shown: BracketDetails,
    organiser: str = "Bob",
    name: str = "Friday Cup",
) -> UUID:
    tournament_id = tournaments.add(
        organiser,
        name,
        format=shown.format,
        state=shown.state,
        round=shown.round,
        started_at="2026-11-28T18:00:00Z",
    )
    kept = tournaments.of(tournament_id)
    kept.entries = [
        {
            "id": str(each.entry_id),
            "player_id": None,
            "name": each.name,
            "rating": 1500.0,
            "provisional": False,
            "state": each.state,
            "checked_in": True,
            "seed": each.seed,
            "late": each.late,
            "place": each.place,
        }
        for each in shown.entrants
    ]
    kept.pairings = msgspec.to_builtins(shown.pairings)
    kept.standings = msgspec.to_builtins(shown.standings)
    return tournament_id


def own(tournaments: StandInTournaments, auth: StandInAuth, tournament_id: UUID, seed: int) -> None:
    entry = tournaments.of(tournament_id).entries[seed - 1]
    entry |= {"name": "Alice", "player_id": str(auth.people["Alice"].id)}


def text_of(page: str) -> str:
    """Return the words of a page as a screen reader reads them."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_the_page_is_public(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(8))
    answer = await browser.get(f"/tournaments/{tournament_id}/bracket")
    assert answer.status_code == 200
    for words in ("Quarter-finals", "Semi-finals", "Final", "Player 8"):
        assert words in answer.text
    assert f"/api/tournament/tournaments/{tournament_id}/events" in answer.text
    assert "/correction" not in answer.text


async def test_a_match_is_read_as_a_sentence(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    over = pairing(7, 1, 2, how="played", winner=2, scores=(4, 11), match_id=MATCH)
    made = bracket("single_elimination", entrants(["Ann", "Ben"]), [over])
    tournament_id = running(tournaments, made)
    words = text_of((await browser.get(f"/tournaments/{tournament_id}/bracket")).text)
    assert "Match 7 Details of match 7 seed 1 Ann 4 loses to seed 2 Ben 11" in words


async def test_a_called_player_sees_the_deadline(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(2))
    tournaments.of(tournament_id).pairings[0]["deadline"] = "2026-11-28T18:05:00Z"
    page = (await browser.get(f"/tournaments/{tournament_id}/bracket")).text
    assert "Ready by 18:05 UTC" in text_of(page)
    assert 'datetime="2026-11-28T18:05:00Z"' in page


async def test_a_running_match_can_be_watched(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    on = pairing(1, 1, 2, state="playing", match_id=MATCH)
    made = bracket("single_elimination", entrants(["Ann", "Ben"]), [on])
    tournament_id = running(tournaments, made)
    page = (await browser.get(f"/tournaments/{tournament_id}/bracket")).text
    assert f'href="/watch/{MATCH}"' in page


async def test_names_are_shown_escaped(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    bad = "<script>\"&'</script>"
    one = pairing(1, 1, 2, section="round", how="played", winner=1)
    standings = [standing(1, 1), standing(2, 2)]
    made = bracket("round_robin", entrants([bad, "Ben"]), [one], standings=standings)
    tournament_id = running(tournaments, made, name=bad)
    path = f"/tournaments/{tournament_id}/bracket"
    page = (await browser.get(path, params={"find": '"><script>'})).text
    assert bad not in page
    assert "<script>" not in page
    page = (await browser.get(path, params={"find": "<script>"})).text
    assert page.count("&lt;script&gt;&#34;&amp;&#39;&lt;/script&gt;") >= 4
    assert "<script>" not in page


async def test_a_page_waiting_for_the_start_is_redirected_to_the_bracket(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    waiting = {"HX-Request": "true", "HX-Target": "section#bracket-to-come"}
    to_come = tournaments.add(state="open")
    part = await alice.get(f"/tournaments/{to_come}/bracket", headers=waiting)
    assert "hx-redirect" not in part.headers
    assert "The bracket is drawn when the organiser starts the tournament" in part.text
    begun = running(tournaments, single_elimination(4))
    moved = await alice.get(f"/tournaments/{begun}/bracket", headers=waiting)
    assert moved.headers["hx-redirect"] == f"/tournaments/{begun}/bracket"


async def test_the_page_shows_the_start_time_before_the_start(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    by_clock = tournaments.add(starts_at="2026-12-01T19:00:00Z")
    page = (await browser.get(f"/tournaments/{by_clock}/bracket")).text
    assert 'datetime="2026-12-01T19:00:00Z"' in page
    by_hand = tournaments.add()
    page = (await browser.get(f"/tournaments/{by_hand}/bracket")).text
    assert "The bracket is drawn when the organiser starts the tournament" in page
    cancelled = tournaments.add(state="cancelled")
    page = (await browser.get(f"/tournaments/{cancelled}/bracket")).text
    assert "cancelled before it started" in page


async def test_an_unknown_or_hidden_tournament_is_not_found(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    draft = tournaments.add(state="draft")
    for tournament_id in (draft, MATCH, "nonsense"):
        answer = await browser.get(f"/tournaments/{tournament_id}/bracket")
        assert answer.status_code == 404


async def test_an_unavailable_tournament_service_offers_a_retry(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, tournament: StandInTournament
) -> None:
    tournament_id = running(tournaments, single_elimination(8))
    tournament.switch.down = True
    answer = await browser.get(f"/tournaments/{tournament_id}/bracket")
    assert answer.status_code == 503
    assert f'href="/tournaments/{tournament_id}/bracket">Try again' in answer.text


async def test_only_the_block_is_refreshed(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(8))
    path = f"/tournaments/{tournament_id}/bracket"
    answer = await browser.get(path, headers=BLOCK)
    assert "<html" not in answer.text
    assert 'name="revision" value="1"' in answer.text
    assert 'id="pairing-1"' in answer.text


async def test_an_unchanged_bracket_is_not_sent_again(
    browser: httpx.AsyncClient, tournament: StandInTournament, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(8))
    path = f"/tournaments/{tournament_id}/bracket?revision=1"
    answer = await browser.get(path, headers=BLOCK)
    assert (answer.status_code, answer.text) == (204, "")
    assert tournament.switch.paths() == [f"/api/tournament/tournaments/{tournament_id}"]
    assert (await browser.get(path)).status_code == 200
    tournaments.of(tournament_id).shown["revision"] = 2
    assert 'name="revision" value="2"' in (await browser.get(path, headers=BLOCK)).text


@pytest.mark.parametrize(
    "shown", [single_elimination(1024), single_elimination(1024, double=True), swiss(1024, 5)]
)
async def test_a_thousand_players_make_a_small_page(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, shown: BracketDetails
) -> None:
    tournament_id = running(tournaments, shown)
    page = (await browser.get(f"/tournaments/{tournament_id}/bracket")).text
    assert len(gzip.compress(page.encode())) < FIRST_PAGE_BYTES


async def test_a_link_opens_a_round_without_a_script_and_keeps_others_open(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(1024))
    path = f"/tournaments/{tournament_id}/bracket"
    page = (await browser.get(path)).text
    assert f'href="{path}?show=winners-2#round-winners-2"' in page
    assert 'id="pairing-700"' not in page
    page = (await browser.get(f"{path}?show=winners-2")).text
    assert 'id="pairing-700"' in page
    assert 'type="hidden" name="show" value="winners-2"' in " ".join(page.split())
    assert f'href="{path}?show=winners-2&amp;show=winners-3#round-winners-3"' in page


async def test_the_whole_bracket_can_be_opened_for_printing(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, swiss(256, 5))
    path = f"/tournaments/{tournament_id}/bracket"
    assert f'href="{path}?show=all"' in (await browser.get(path)).text
    page = (await browser.get(f"{path}?show=all")).text
    assert len(re.findall(r'id="pairing-\d+"', page)) == 5 * 128
    assert page.count('scope="row"') == 256
    assert "to print it" not in page


async def test_a_search_shows_the_ways_and_number_of_found_players(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(64))
    path = f"/tournaments/{tournament_id}/bracket"
    page = (await browser.get(path, params={"find": "player 64"})).text
    assert "1 player found for “player 64”" in text_of(page)
    assert 'value="player 64"' in page
    page = (await browser.get(path, params={"find": "Nobody"})).text
    assert "No players found for “Nobody”" in text_of(page)
    assert 'id="found"' not in (await browser.get(path, params={"find": "  "})).text


async def test_a_search_of_any_length_is_answered(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(8))
    path = f"/tournaments/{tournament_id}/bracket"
    given = {"find": "x" * 5000, "show": [f"round-{number}" for number in range(300)]}
    answer = await browser.get(path, params=given, headers=BLOCK)
    assert answer.status_code == 200
    assert "x" * 65 not in answer.text
    assert "round-7" not in answer.text


async def test_players_can_jump_to_their_match(
    alice: httpx.AsyncClient, auth: StandInAuth, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, single_elimination(8))
    own(tournaments, auth, tournament_id, 3)
    page = (await alice.get(f"/tournaments/{tournament_id}/bracket")).text
    [number] = re.findall(r'href="#pairing-(\d+)">Jump to my match', page)
    assert f'id="pairing-{number}"' in page


async def test_standings_explain_their_columns(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = running(tournaments, swiss(8, 3))
    page = (await browser.get(f"/tournaments/{tournament_id}/bracket")).text
    assert "<caption" in page
    words = text_of(page)
    assert "Standings in round 3" in words
    assert (
        words.index("Direct encounter")
        < words.index("Buchholz Buc")
        < words.index("Sonneborn-Berger S-B")
    )
    assert page.count('scope="row"') == 8


async def test_organisers_have_links_to_correct_results(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    over = pairing(1, 1, 2, how="played", winner=1)
    made = bracket("single_elimination", entrants(["Ann", "Ben"]), [over])
    tournament_id = running(tournaments, made, organiser="Alice")
    page = (await alice.get(f"/tournaments/{tournament_id}/bracket")).text
    assert f'href="/tournaments/{tournament_id}/pairings/1/correction"' in page


async def test_ids_are_unique_whatever_is_open_or_found(
    alice: httpx.AsyncClient, auth: StandInAuth, tournaments: StandInTournaments
) -> None:
    for shown in (single_elimination(100, double=True), swiss(100, 3), single_elimination(5)):
        tournament_id = running(tournaments, shown)
        own(tournaments, auth, tournament_id, 3)
        path = f"/tournaments/{tournament_id}/bracket"
        for query in ("", "?find=Player 1", "?show=all&find=a"):
            ids = re.findall(r'\sid="([^"]+)"', (await alice.get(path + query)).text)
            assert len(ids) == len(set(ids))
