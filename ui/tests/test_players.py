"""Players as others see them, and the search for one."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.society import Society


@pytest.fixture(autouse=True)
def bob(auth: StandInAuth, own_accounts: OwnAccounts) -> None:
    person = auth.add_player("Bob", "bob prefers chess")
    own_accounts.change(person, display_name="Bob <the> Builder", bio="I play <left>.\nAlways.")


def htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


async def test_a_profile_shows_who_somebody_is_and_what_they_have_played(
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
    numbers = [part.split("<")[0].strip() for part in answer.text.split('"numerals">')[1:]]
    assert numbers == ["2", "1", "1", "31"]
    assert answer.text.count('class="match-row"') == 2


async def test_only_what_others_may_see_is_asked_of_history(
    alice: httpx.AsyncClient, auth: StandInAuth, history: StandInHistory
) -> None:
    await alice.get("/players/Bob")
    asked = next(each for each in history.switch.asked if each.url.path.endswith("/matches"))
    assert asked.url.params["player"] == str(auth.people["Bob"].id)
    assert asked.url.params["mode"] == "ai"


async def test_without_a_picture_the_sprite_stands_in(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    assert "/api/user/avatars/" not in (await alice.get("/players/Bob")).text
    own_accounts.change(auth.people["Bob"], avatar="b0b")
    assert 'src="/api/user/avatars/b0b/512.webp"' in (await alice.get("/players/Bob")).text


async def test_a_visitor_sees_a_profile_and_the_way_in(
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


async def test_ones_own_profile_leads_to_the_settings(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players/alice")
    assert "Change your profile" in answer.text
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
async def test_each_relation_offers_what_can_be_done_about_it(
    alice: httpx.AsyncClient, society: Society, relation: str, actions: list[str]
) -> None:
    if relation != "none":
        society.tie("Alice", "Bob", relation)
    answer = await alice.get("/players/Bob")
    offered = [part.split('"')[0] for part in answer.text.split('action="/friends/Bob/')[1:]]
    assert offered == actions
    main = answer.text.split("<main")[1].split("</main>")[0]
    assert main.count('name="next" value="/players/Bob"') == len(actions)


async def test_after_a_deed_htmx_gets_the_buttons_alone(
    alice: httpx.AsyncClient, society: Society
) -> None:
    form = {"next": "/players/Bob"}
    headers = htmx("div#friendship")
    answer = await alice.post("/friends/Bob/ask", data=form, headers=headers)
    assert answer.headers["location"] == "/players/Bob"
    assert society.relation("Alice", "Bob") == "outgoing"
    part = await alice.get("/players/Bob", headers=headers)
    assert "<html" not in part.text
    assert "Take back" in part.text


@pytest.mark.parametrize("name", ["Nobody", "..%2F..%2Fme", "%3Cscript%3E"])
async def test_somebody_who_is_not_there_is_not_found(alice: httpx.AsyncClient, name: str) -> None:
    answer = await alice.get(f"/players/{name}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


async def test_a_name_is_one_part_of_a_path_whatever_it_holds(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await alice.get("/players/a%3Fb%23c")
    assert auth.switch.asked[-1].url.raw_path == b"/api/user/players/a%3Fb%23c"


async def test_while_history_is_down_the_person_is_shown_all_the_same(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    answer = await alice.get("/players/Bob")
    assert answer.status_code == 200
    assert "I play" in answer.text
    assert answer.text.count("Match history is not answering.") == 1


async def test_while_auth_is_down_there_is_a_way_to_try_again(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.get("/players/Bob")
    assert answer.status_code == 503
    assert 'href="/players/Bob">Try again' in answer.text


async def test_searching_finds_by_part_of_a_name(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players", params={"query": " @bo "})
    assert 'href="/players/Bob"' in answer.text
    assert 'action="/friends/Bob/ask"' in answer.text
    assert 'name="next" value="/players?query=+%40bo+"' in answer.text


async def test_typing_swaps_the_results_alone(alice: httpx.AsyncClient) -> None:
    headers = htmx("div#players-found")
    answer = await alice.get("/players", params={"query": "bo"}, headers=headers)
    assert "<html" not in answer.text
    assert "<form class=" not in answer.text
    assert 'data-counted="players found"' in answer.text


@pytest.mark.parametrize("query", ["", "b", " b ", "@b"])
async def test_too_little_to_look_for_is_not_looked_for(
    alice: httpx.AsyncClient, auth: StandInAuth, query: str
) -> None:
    answer = await alice.get("/players", params={"query": query})
    assert answer.status_code == 200
    assert "Type " in answer.text
    assert auth.switch.asked == []


async def test_finding_nobody_says_what_to_do(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players", params={"query": "zebra"})
    assert "Nobody is called anything like that." in answer.text


async def test_more_than_a_page_asks_for_more_of_the_name(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    for number in range(25):
        auth.add_player(f"player-{number}", None)
    answer = await alice.get("/players", params={"query": "player"})
    assert answer.text.count('class="person"') == 20
    assert "Type more of the name." in answer.text


async def test_what_was_typed_comes_back_as_text(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/players", params={"query": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


async def test_a_stranger_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/players?query=bo")
    assert answer.headers["location"] == "/sign-in?next=%2Fplayers%3Fquery%3Dbo"


async def test_names_on_a_match_lead_to_players_and_guests_to_nobody(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_match(opponent="Charlie", level=None)
    answer = await alice.get(f"/matches/{match.id}")
    board = answer.text.split('class="scoreboard"')[1]
    assert 'href="/players/Alice"' in board
    assert "/players/Charlie" not in board
