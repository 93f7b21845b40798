"""Friends: lists, presence, and actions that move players between lists."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.relationships import Relationships

EVERYBODY = ("Bob", "Charlie", "Dave", "Erin", "Frank")
ACTIONS = ["ask", "accept", "part", "block", "unblock"]


@pytest.fixture(autouse=True)
def players(auth: StandInAuth) -> None:
    for name in EVERYBODY:
        auth.add_player(name, None)


@pytest.fixture
def full(relationships: Relationships) -> Relationships:
    relationships.relate("Alice", "Bob", "friends")
    relationships.relate("Alice", "Charlie", "friends")
    relationships.relate("Alice", "Dave", "incoming")
    relationships.relate("Alice", "Erin", "outgoing")
    relationships.relate("Alice", "Frank", "blocked")
    relationships.online.add("Charlie")
    return relationships


def section(answer: httpx.Response, name: str) -> str:
    return answer.text.split(f'id="{name}"')[1].split("</section>")[0]


@pytest.mark.usefixtures("full")
async def test_each_player_is_in_the_right_list(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/friends")
    for name, list_name in (
        ("Bob", "friends"),
        ("Dave", "incoming"),
        ("Erin", "outgoing"),
        ("Frank", "blocked"),
    ):
        assert f'href="/players/{name}"' in section(answer, list_name)
    assert 'action="/friends/Dave/accept"' in section(answer, "incoming")
    assert 'action="/friends/Dave/part"' in section(answer, "incoming")
    assert 'action="/friends/Erin/part"' in section(answer, "outgoing")
    assert 'action="/friends/Frank/unblock"' in section(answer, "blocked")


@pytest.mark.usefixtures("full")
async def test_online_friends_are_first_and_marked(alice: httpx.AsyncClient) -> None:
    friends = section(await alice.get("/friends"), "friends")
    here, _, away = friends.partition('href="/players/Bob"')
    assert 'href="/players/Charlie"' in here
    assert here.count("data-online") == friends.count("data-online") == 1
    assert "Online" in here
    assert "Offline" in away


async def test_the_page_without_friends_says_how_to_find_some(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/friends")
    assert "No friends yet." in answer.text
    assert 'action="/players"' in answer.text
    assert 'id="incoming"' not in answer.text


@pytest.mark.usefixtures("full")
async def test_htmx_gets_the_lists_only(alice: httpx.AsyncClient) -> None:
    headers = {"HX-Request": "true", "HX-Target": "div#friends-lists"}
    answer = await alice.get("/friends", headers=headers)
    assert "<html" not in answer.text
    assert "<form class=" not in answer.text
    assert 'id="friends"' in answer.text


async def test_the_lists_are_refreshed_by_the_stream(
    alice: httpx.AsyncClient,
) -> None:
    answer = await alice.get("/friends")
    opening = answer.text.split('id="friends-lists"')[1].split(">")[0]
    assert 'hx-get="/friends"' in opening
    assert "live:friends from:body" in opening
    assert 'data-live="/live"' in answer.text


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        ("none", "ask", "outgoing"),
        ("incoming", "ask", "friends"),
        ("incoming", "accept", "friends"),
        ("incoming", "part", "none"),
        ("outgoing", "part", "none"),
        ("friends", "part", "none"),
        ("friends", "block", "blocked"),
        ("none", "block", "blocked"),
        ("blocked", "unblock", "none"),
    ],
)
async def test_each_action_leads_back_to_updated_lists(
    alice: httpx.AsyncClient, relationships: Relationships, before: str, action: str, after: str
) -> None:
    if before != "none":
        relationships.relate("Alice", "Bob", before)
    form = {"next": "/players?query=bo"}
    for _ in range(1 if action == "accept" else 2):
        answer = await alice.post(f"/friends/Bob/{action}", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/players?query=bo")
        assert relationships.relation("Alice", "Bob") == after


@pytest.mark.parametrize("target", ["", "//evil.example", "https://evil.example"])
async def test_an_action_never_leads_to_another_site(alice: httpx.AsyncClient, target: str) -> None:
    answer = await alice.post("/friends/Bob/ask", data={"next": target})
    assert answer.headers["location"] == "/friends"


@pytest.mark.parametrize(
    ("name", "action", "words"),
    [
        ("Frank", "ask", "You’ve blocked this player."),
        ("Alice", "ask", "That’s your own account."),
        ("Bob", "accept", "This request no longer exists."),
        ("Nobody", "ask", "This player no longer exists."),
    ],
)
async def test_a_refusal_is_shown_on_the_next_page(
    alice: httpx.AsyncClient, relationships: Relationships, name: str, action: str, words: str
) -> None:
    relationships.relate("Alice", "Frank", "blocked")
    answer = await alice.post(f"/friends/{name}/{action}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/friends")
    assert words in (await alice.get("/friends")).text
    assert words not in (await alice.get("/friends")).text


async def test_htmx_loads_the_next_page_to_show_a_refusal(alice: httpx.AsyncClient) -> None:
    headers = {"HX-Request": "true", "HX-Target": "div#friends-lists"}
    answer = await alice.post("/friends/Alice/ask", headers=headers)
    assert answer.headers["hx-redirect"] == "/friends"
    assert "That’s your own account." in (await alice.get("/friends")).text


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_of_a_visitor_changes_nothing(
    browser: httpx.AsyncClient, auth: StandInAuth, action: str
) -> None:
    answer = await browser.post(f"/friends/Bob/{action}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert auth.switch.asked == []


async def test_a_visitor_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/friends")
    assert answer.headers["location"] == "/sign-in?next=%2Ffriends"


async def test_another_site_cannot_add_a_friend(
    alice: httpx.AsyncClient, auth: StandInAuth, relationships: Relationships
) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = await alice.post("/friends/Bob/ask", headers=headers)
    assert answer.status_code == 403
    assert auth.switch.asked == []
    assert relationships.relation("Alice", "Bob") == "none"


@pytest.mark.parametrize("action", ["adore", "ask/now"])
async def test_an_unknown_action_is_refused(
    alice: httpx.AsyncClient, auth: StandInAuth, action: str
) -> None:
    assert (await alice.post(f"/friends/Bob/{action}")).status_code in {400, 404}
    assert auth.switch.asked == []


async def test_an_action_while_auth_is_down_is_reported(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    for sent, words in (
        (alice.get("/friends"), "Nothing is lost; try again"),
        (alice.post("/friends/Bob/ask"), "We can’t save right now. Nothing is lost;"),
    ):
        answer = await sent
        assert answer.status_code == 503
        assert words in answer.text


async def test_too_many_open_requests_are_reported(
    alice: httpx.AsyncClient, relationships: Relationships
) -> None:
    relationships.requests_open = 100
    answer = await alice.post("/friends/Bob/ask")
    assert answer.status_code == 303
    assert "You have too many open friend requests." in (await alice.get("/friends")).text


async def test_names_with_html_are_escaped(
    alice: httpx.AsyncClient,
    auth: StandInAuth,
    own_accounts: OwnAccounts,
    relationships: Relationships,
) -> None:
    own_accounts.change(auth.people["Bob"], display_name="<script>alert(1)</script>")
    relationships.relate("Alice", "Bob", "friends")
    answer = await alice.get("/friends")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text
