"""Public profiles of players, and the search for players."""

from uuid import uuid4

import httpx
import pytest

from contracts.history.players import ModeTotals, Opponent
from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.history import NOW, StandInHistory
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.relationships import Relationships


@pytest.fixture(autouse=True)
def bob(auth: StandInAuth, own_accounts: OwnAccounts) -> None:
    person = auth.add_player("Bob", "bob prefers chess")
    own_accounts.change(person, display_name="Bob <the> Builder", bio="I play <left>.\nAlways.")


def htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


async def test_a_profile_shows_the_player_and_their_matches(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_match("Bob", longest_rally=31)
    history.add_match("Bob", score=(2, 7))
    answer = await alice.get("/players/Bob")
    assert answer.status_code == 200
    for shown in (
        "<bdi>Bob &lt;the&gt; Builder</bdi></h1>",
        "@Bob",
        "I play &lt;left&gt;.",
        "24 November 2026",
        "Longest rally",
    ):
        assert shown in answer.text
    totals = answer.text.split('class="totals"')[1]
    numbers = [part.split("<")[0].strip() for part in totals.split('"numerals">')[1:]]
    assert numbers == ["2", "1", "1", "31"]
    assert answer.text.count('class="match-row"') == 2


async def test_a_rating_is_shown_with_its_history(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.rate("Bob", 1500, 1530, 1517.4)
    answer = await browser.get("/players/Bob")
    rating = answer.text.split('class="rating"')[1].split("</section>")[0]
    assert '<p class="rating-number numerals">1517</p>' in rating
    assert "± 123" in rating
    assert "provisional" not in rating
    assert 'href="/leaderboard">Number 1</a>' in rating
    assert "<title" in rating
    assert "The last 3 rated matches" in rating
    assert rating.count('class="chart-line"') == 1


async def test_a_provisional_rating_is_marked_and_has_no_rank(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.rate("Bob", 1612, deviation=240)
    rating = (await browser.get("/players/Bob")).text.split('class="rating"')[1]
    assert "± 480, provisional" in rating
    assert "Number" not in rating.split("</section>")[0]


async def test_a_player_without_rated_matches_has_no_rating(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/players/Bob")
    assert 'class="rating"' not in answer.text
    assert "Opponents" not in answer.text
    assert "By opponent" not in answer.text


async def test_statistics_are_separated_by_kind_of_opponent(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.totals_by_mode = {
        "online": ModeTotals(1200, 700, 500, 81, win_streak=4, best_win_streak=17),
        "ai": ModeTotals(40, 30, 10, 22),
        "something later": ModeTotals(1, 1, 0, 3),
    }
    table = (await browser.get("/players/Bob")).text.split('id="modes-title"')[1]
    rows = table.split("</table>")[0].split("<tr>")[2:]
    assert [row.split("</th>")[0].rsplit(">")[-1] for row in rows] == [
        "Players online",
        "The computer",
    ]
    cells = [
        cell.split("<")[0] for cell in rows[0].replace(' class="board-matches"', "").split("<td>")
    ]
    assert cells[1:] == ["1,200", "700", "500", "4", "17", "81"]


async def test_opponents_link_to_their_profiles(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.opponents = [Opponent(uuid4(), "Charlie", 12, 7, NOW)]
    answer = await browser.get("/players/Bob")
    row = answer.text.split('id="opponents-title"')[1].split("</table>")[0]
    assert 'href="/players/Charlie"' in row
    assert "24 Nov 2026" in row


async def test_refreshing_the_buttons_sends_no_request_to_history(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    await alice.get("/players/Bob", headers=htmx("div#friendship"))
    assert history.switch.asked == []


async def test_a_profile_asks_history_once(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    await alice.get("/players/Bob")
    assert len(history.switch.asked) == 1


async def test_a_sprite_replaces_a_missing_picture(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    assert "/api/user/avatars/" not in (await alice.get("/players/Bob")).text
    own_accounts.change(auth.people["Bob"], avatar="b0b")
    assert 'src="/api/user/avatars/b0b/512.webp"' in (await alice.get("/players/Bob")).text


async def test_a_visitor_sees_a_profile_and_a_link_to_sign_in(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_match("Bob")
    answer = await browser.get("/players/Bob")
    assert answer.status_code == 200
    assert 'href="/sign-in?next=%2Fplayers%2FBob"' in answer.text
    assert 'class="match-row"' not in answer.text
    assert 'action="/friends/' not in answer.text
    assert "htmx.js" not in answer.text
    assert "data-live" not in answer.text


async def test_the_own_profile_links_to_the_settings(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players/alice")
    assert "Edit profile" in answer.text
    assert 'action="/friends/' not in answer.text


@pytest.mark.parametrize(
    ("relation", "actions"),
    [
        ("none", ["ask", "block"]),
        ("outgoing", ["part", "block"]),
        ("incoming", ["accept", "part", "block"]),
        ("friends", ["part", "block"]),
        ("blocked", ["unblock"]),
    ],
)
async def test_each_relation_offers_its_actions(
    alice: httpx.AsyncClient, relationships: Relationships, relation: str, actions: list[str]
) -> None:
    if relation != "none":
        relationships.relate("Alice", "Bob", relation)
    answer = await alice.get("/players/Bob")
    offered = [part.split('"')[0] for part in answer.text.split('action="/friends/Bob/')[1:]]
    assert offered == actions
    buttons = answer.text.split('id="friendship"')[1].split("<details")[0].split("</header>")[0]
    assert buttons.count('name="next" value="/players/Bob"') == len(actions)


async def test_htmx_gets_the_buttons_only_after_an_action(
    alice: httpx.AsyncClient, relationships: Relationships
) -> None:
    form = {"next": "/players/Bob"}
    headers = htmx("div#friendship")
    answer = await alice.post("/friends/Bob/ask", data=form, headers=headers)
    assert answer.headers["location"] == "/players/Bob"
    assert relationships.relation("Alice", "Bob") == "outgoing"
    part = await alice.get("/players/Bob", headers=headers)
    assert "<html" not in part.text
    assert "Cancel request" in part.text


@pytest.mark.parametrize("name", ["Nobody", "..%2F..%2Fme", "%3Cscript%3E"])
async def test_an_unknown_player_is_not_found(alice: httpx.AsyncClient, name: str) -> None:
    answer = await alice.get(f"/players/{name}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


async def test_a_name_is_one_part_of_a_path_whatever_it_contains(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await alice.get("/players/a%3Fb%23c")
    assert auth.switch.asked[-1].url.raw_path == b"/api/user/players/a%3Fb%23c"


async def test_the_profile_opens_while_history_is_down(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    answer = await alice.get("/players/Bob")
    assert answer.status_code == 200
    assert "I play" in answer.text
    assert answer.text.count("Match history is unavailable right now.") == 1


async def test_an_unavailable_auth_offers_a_retry(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.get("/players/Bob")
    assert answer.status_code == 503
    assert 'href="/players/Bob">Try again' in answer.text


async def test_players_are_found_by_part_of_their_name(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players", params={"query": " @bo "})
    assert 'href="/players/Bob"' in answer.text
    assert 'action="/friends/Bob/ask"' in answer.text
    assert 'name="next" value="/players?query=+%40bo+"' in answer.text


async def test_typing_replaces_the_results_only(alice: httpx.AsyncClient) -> None:
    headers = htmx("div#players-found")
    answer = await alice.get("/players", params={"query": "bo"}, headers=headers)
    assert "<html" not in answer.text
    assert "<form class=" not in answer.text
    assert 'data-counted="players found"' in answer.text


@pytest.mark.parametrize("query", ["", "b", " b ", "@b"])
async def test_a_too_short_query_is_not_searched(
    alice: httpx.AsyncClient, auth: StandInAuth, query: str
) -> None:
    answer = await alice.get("/players", params={"query": query})
    assert answer.status_code == 200
    assert "Enter " in answer.text
    assert auth.switch.asked == []


async def test_an_empty_result_has_an_explanation(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players", params={"query": "zebra"})
    assert "No players found." in answer.text


async def test_too_many_results_suggest_refining_the_search(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    for number in range(25):
        auth.add_player(f"player-{number}", None)
    answer = await alice.get("/players", params={"query": "player"})
    assert answer.text.count('class="person"') == 20
    assert "refine your search." in answer.text


async def test_the_typed_query_is_escaped(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players", params={"query": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


async def test_a_visitor_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/players?query=bo")
    assert answer.headers["location"] == "/sign-in?next=%2Fplayers%3Fquery%3Dbo"


async def test_names_on_a_match_link_to_players_and_not_for_guests(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_match(opponent="Charlie", level=None)
    answer = await alice.get(f"/matches/{match.id}")
    board = answer.text.split('class="scoreboard"')[1]
    assert 'href="/players/Alice"' in board
    assert "/players/Charlie" not in board
