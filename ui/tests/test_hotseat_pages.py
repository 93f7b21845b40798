"""The pages of a hotseat tournament: a match is announced, played and submitted, the next is
announced, and one player wins."""

import asyncio
import re
from uuid import UUID, uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.kept_tournaments import pairing
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

JSON = {"Accept": "application/json", "Content-Type": "application/json"}
LOG = b'{"ticks":812,"changes":[[3,1,0],[9,0,0]]}'
FINISHED = b'{"ticket":"ticket-1","inputs":' + LOG + b"}"


@pytest.fixture
def cup(tournaments: StandInTournaments) -> UUID:
    """Alice's hotseat tournament with Ann, Ben, Cem and Dot."""
    cup = tournaments.add("Alice", "Kitchen Cup", kind="hotseat", points=5)
    for name in ("Ann", "Ben", "Cem", "Dot"):
        tournaments.enter(cup, name, rating=None)
    tournaments.begin(
        cup,
        [
            pairing(1, 1, 2, state="called"),
            pairing(2, 3, 4, state="called"),
            pairing(3, None, None, round=2),
        ],
    )
    return cup


def data(page: str, name: str) -> str:
    [value] = re.findall(rf'data-{name}="([^"]*)"', page)
    return str(value)


async def test_the_next_match_is_announced_with_the_sides(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    page = await alice.get(f"/tournaments/{cup}/hotseat")
    assert page.status_code == 200
    assert "<bdi>Ann</bdi> against <bdi>Ben</bdi></h1>" in page.text
    left, right = page.text.split("data-side=")[1:3]
    for side, shown in (
        (left, ("On the left", "<bdi>Ann</bdi>", "<kbd>W</kbd>", "<kbd>S</kbd>")),
        (right, ("On the right", "<bdi>Ben</bdi>", "<kbd>↑</kbd>", "<kbd>↓</kbd>")),
    ):
        assert all(words in side for words in shown)
    assert "Match 1, Semi-finals, first to 5" in page.text
    then = page.text.split('class="announcement-then"')[1].split("</ol>")[0]
    assert "<bdi>Cem</bdi> against <bdi>Dot</bdi>" in then
    assert page.headers["cache-control"] == "no-store"


async def test_the_court_is_that_of_a_local_match(alice: httpx.AsyncClient, cup: UUID) -> None:
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert "court/play.js" in page
    assert data(page, "mode") == "hotseat"
    assert data(page, "tickets-url") == f"/tournaments/{cup}/pairings/1/ticket"
    assert data(page, "matches-url") == f"/tournaments/{cup}/pairings/1/match"
    assert data(page, "next-url") == f"/tournaments/{cup}/hotseat"
    assert page.count('data-pad="') == 2


async def test_unsent_matches_are_stored_per_match_and_tournament(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    other = tournaments.add("Alice", "Garden Cup", kind="hotseat")
    for name in ("Ann", "Ben"):
        tournaments.enter(other, name, rating=None)
    tournaments.begin(other)
    owners = [
        data((await alice.get(f"/tournaments/{each}/hotseat")).text, "owner")
        for each in (cup, other)
    ]
    tournaments.of(cup).pairings[0] |= {"state": "over", "how": "played", "winner": 1}
    owners.append(data((await alice.get(f"/tournaments/{cup}/hotseat")).text, "owner"))
    assert len(set(owners)) == 3


async def test_the_ticket_is_the_same_until_the_match_is_played(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    answers = [
        await alice.post(f"/tournaments/{cup}/pairings/1/ticket", json={}, headers=JSON)
        for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [200, 200]
    first, again = (each.json() for each in answers)
    assert first == again
    assert (first["left_name"], first["right_name"], first["points"]) == ("Ann", "Ben", 5)
    assert answers[0].headers["cache-control"] == "no-store"


async def test_returning_to_a_started_match_announces_a_restart(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    again = "It starts again from 0 – 0."
    assert again not in (await alice.get(f"/tournaments/{cup}/hotseat")).text
    await alice.post(f"/tournaments/{cup}/pairings/1/ticket", json={}, headers=JSON)
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert again in page
    assert "<bdi>Ann</bdi> against <bdi>Ben</bdi></h1>" in page


async def test_a_finished_match_is_sent_to_history_and_its_result_to_the_bracket(
    alice: httpx.AsyncClient,
    history: StandInHistory,
    pairings: StandInPairings,
    tournaments: StandInTournaments,
    cup: UUID,
) -> None:
    pairings.verified[1] = (2, 3, 5)
    answer = await alice.post(
        f"/tournaments/{cup}/pairings/1/match", content=FINISHED, headers=JSON
    )
    assert answer.status_code == 200
    assert (answer.json()["winner"], answer.json()["state"]) == (2, "over")
    assert LOG in history.switch.asked[-1].read()
    assert tournaments.of(cup).pairings[0]["other_score"] == 5
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert "<bdi>Cem</bdi> against <bdi>Dot</bdi></h1>" in page
    assert "Match 2, " in page


async def test_parallel_submissions_of_one_match_count_once(
    alice: httpx.AsyncClient, pairings: StandInPairings, cup: UUID
) -> None:
    pairings.verified[1] = (1, 5, 3)
    path = f"/tournaments/{cup}/pairings/1/match"
    answers = await asyncio.gather(
        *(alice.post(path, content=FINISHED, headers=JSON) for _ in range(4))
    )
    assert {each.status_code for each in answers} == {200}
    assert {each.json()["winner"] for each in answers} == {1}


async def test_a_result_that_tournament_could_not_take_is_retried(
    alice: httpx.AsyncClient,
    history: StandInHistory,
    pairings: StandInPairings,
    tournaments: StandInTournaments,
    cup: UUID,
) -> None:
    """503 makes the page keep the match and send it again."""
    match_id = str(history.add_match().id)
    tournaments.of(cup).pairings[0] |= {"state": "playing", "match_id": match_id}
    path = f"/tournaments/{cup}/pairings/1/match"
    pairings.history_is_away = True
    assert (await alice.post(path, content=FINISHED, headers=JSON)).status_code == 503
    pairings.history_is_away = False
    assert (await alice.post(path, content=FINISHED, headers=JSON)).status_code == 503
    pairings.verified[1] = (1, 5, 3)
    assert (await alice.post(path, content=FINISHED, headers=JSON)).status_code == 200


async def test_a_match_of_a_cancelled_tournament_is_given_up_with_a_reason(
    alice: httpx.AsyncClient, history: StandInHistory, tournaments: StandInTournaments, cup: UUID
) -> None:
    """Sending it again would be pointless."""
    kept = tournaments.of(cup)
    kept.pairings[0] |= {"state": "playing", "match_id": str(history.add_match().id)}
    kept.shown["state"] = "cancelled"
    await is_given_up(alice, cup)


async def test_a_match_restarted_with_another_ticket_is_given_up_with_a_reason(
    alice: httpx.AsyncClient, history: StandInHistory, tournaments: StandInTournaments, cup: UUID
) -> None:
    history.add_match()
    tournaments.of(cup).pairings[0] |= {"state": "playing", "match_id": str(uuid4())}
    await is_given_up(alice, cup)


async def is_given_up(alice: httpx.AsyncClient, cup: UUID) -> None:
    answer = await alice.post(
        f"/tournaments/{cup}/pairings/1/match", content=FINISHED, headers=JSON
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "counts_nowhere")
    assert "doesn’t count" in answer.json()["detail"]


async def test_a_match_whose_answer_was_lost_still_counts(
    alice: httpx.AsyncClient, pairings: StandInPairings, cup: UUID
) -> None:
    """History has stored the match, but the tab was closed before the bracket got the result."""
    path = f"/tournaments/{cup}/pairings/1/ticket"
    await alice.post(path, json={}, headers=JSON)
    pairings.verified[1] = (1, 5, 3)
    answer = await alice.post(path, json={}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "played_already")
    assert "its result counts" in answer.json()["detail"]
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert "<bdi>Cem</bdi> against <bdi>Dot</bdi></h1>" in page


async def test_a_match_that_history_refuses_is_refused_with_its_reason(
    alice: httpx.AsyncClient, history: StandInHistory, tournaments: StandInTournaments, cup: UUID
) -> None:
    history.refuses = True
    answer = await alice.post(
        f"/tournaments/{cup}/pairings/1/match", content=FINISHED, headers=JSON
    )
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The log goes on after the match has ended."
    assert tournaments.of(cup).pairings[0]["state"] == "called"
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert page.count('data-role="refusal"') == page.count('data-role="match-id"') == 1


async def test_the_end_shows_the_winner_and_a_ranking(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    kept = tournaments.of(cup)
    kept.shown |= {"state": "finished", "winner": "Dot"}
    zeros = dict.fromkeys(("score", "direct", "buchholz", "sonneborn", "difference"), 0)
    kept.standings = [
        {"seed": seed, "place": place, "wins": wins, "losses": int(place > 1), **zeros}
        for place, seed, wins in ((1, 4, 2), (2, 1, 1), (3, 2, 0), (3, 3, 0))
    ]
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert "<bdi>Dot</bdi> wins" in page
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert re.findall(r"<bdi>(\w+)</bdi>", rows) == ["Dot", "Ann", "Ben", "Cem"]
    assert f'href="/tournaments/{cup}/bracket"' in page
    assert "data-play" not in page


async def test_the_page_says_why_no_match_can_be_played(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    for each in tournaments.of(cup).pairings:
        each["state"] = "waiting"
    assert "No match to play" in (await alice.get(f"/tournaments/{cup}/hotseat")).text


@pytest.mark.parametrize("state", ["draft", "cancelled"])
async def test_a_tournament_that_is_not_running_redirects_to_its_page(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID, state: str
) -> None:
    tournaments.of(cup).shown["state"] = state
    answer = await alice.get(f"/tournaments/{cup}/hotseat")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tournaments/{cup}")


async def test_an_administrator_sees_the_tournament_without_the_court(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournaments.administrators.add("Alice")
    cup = tournaments.add("Bob", kind="hotseat")
    for name in ("Ann", "Ben"):
        tournaments.enter(cup, name, rating=None)
    tournaments.begin(cup)
    answer = await alice.get(f"/tournaments/{cup}/hotseat")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tournaments/{cup}")
    for path in (f"/tournaments/{cup}", f"/tournaments/{cup}/manage"):
        page = await alice.get(path)
        assert page.status_code == 200
        assert "Go to the match" not in page.text


async def test_an_online_tournament_has_no_hotseat_page(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    online = tournaments.add("Alice")
    answer = await alice.get(f"/tournaments/{online}/hotseat")
    assert answer.headers["location"] == f"/tournaments/{online}"


async def test_a_match_links_to_the_court_until_it_is_over(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    answer = await alice.get(f"/tournaments/{cup}/pairings/1")
    assert answer.headers["location"] == f"/tournaments/{cup}/hotseat"
    tournaments.of(cup).pairings[0] |= {
        "state": "over",
        "how": "played",
        "winner": 1,
        "one_score": 5,
        "other_score": 2,
    }
    page = await alice.get(f"/tournaments/{cup}/pairings/1")
    assert "<bdi>Ann</bdi> wins" in page.text


@pytest.mark.parametrize("path", ["hotseat", "pairings/1/ticket", "pairings/1/match"])
class TestAccess:
    async def ask(
        self, client: httpx.AsyncClient, cup: UUID, path: str, **headers: str
    ) -> httpx.Response:
        address = f"/tournaments/{cup}/{path}"
        if path == "hotseat":
            return await client.get(address, headers=headers)
        return await client.post(address, content=FINISHED, headers={**JSON, **headers})

    async def test_a_visitor_signs_in_first(
        self, browser: httpx.AsyncClient, history: StandInHistory, cup: UUID, path: str
    ) -> None:
        answer = await self.ask(browser, cup, path)
        if path == "hotseat":
            expected = f"/sign-in?next=%2Ftournaments%2F{cup}%2Fhotseat"
            assert answer.headers["location"] == expected
        else:
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert history.switch.asked == []

    async def test_the_page_is_not_found_for_other_players(
        self,
        alice: httpx.AsyncClient,
        tournaments: StandInTournaments,
        auth: StandInAuth,
        cup: UUID,
        path: str,
    ) -> None:
        bob = auth.add_player("Bob", None)
        tournaments.of(cup).shown["organiser"] = {"id": str(bob.id), "name": "Bob"}
        assert (await self.ask(alice, cup, path)).status_code == 404
        assert tournaments.of(cup).pairings[0]["state"] == "called"

    async def test_an_unknown_tournament_is_not_found(
        self, alice: httpx.AsyncClient, path: str
    ) -> None:
        assert (await self.ask(alice, uuid4(), path)).status_code == 404

    async def test_another_site_cannot_submit_a_match(
        self, alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID, path: str
    ) -> None:
        if path != "hotseat":
            answer = await self.ask(alice, cup, path, **{"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403
        assert tournaments.of(cup).pairings[0]["state"] == "called"

    async def test_an_unavailable_tournament_service_is_a_temporary_problem(
        self, alice: httpx.AsyncClient, tournament: StandInTournament, cup: UUID, path: str
    ) -> None:
        tournament.switch.down = True
        assert (await self.ask(alice, cup, path)).status_code == 503


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"ticket":7}'])
async def test_a_malformed_match_is_refused(
    alice: httpx.AsyncClient, history: StandInHistory, cup: UUID, body: bytes
) -> None:
    answer = await alice.post(f"/tournaments/{cup}/pairings/1/match", content=body, headers=JSON)
    assert answer.status_code == 400
    assert history.switch.asked == []


async def test_a_match_cannot_begin_before_its_turn(alice: httpx.AsyncClient, cup: UUID) -> None:
    answer = await alice.post(f"/tournaments/{cup}/pairings/3/ticket", json={}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_called")


async def test_names_with_html_are_escaped(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    name = '"><script>alert(1)</script>'
    cup = tournaments.add("Alice", kind="hotseat")
    for each in (name, "Ben"):
        tournaments.enter(cup, each, rating=None)
    tournaments.begin(cup)
    page = (await alice.get(f"/tournaments/{cup}/hotseat")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
