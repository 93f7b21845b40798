"""The home page of a signed-in player."""

import re

import httpx

from tests.stand_ins.history import StandInHistory
from tests.stand_ins.tournament import StandInTournament


def chosen(answer: httpx.Response) -> list[str]:
    return re.findall(r'value="([^"]+)"\s+checked', answer.text)


async def test_a_visitor_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/lobby")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Flobby"


async def test_the_latest_matches_are_listed(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    for _ in range(7):
        history.add_match()
    answer = await alice.get("/lobby")
    assert answer.text.count('class="match-row"') == 5


async def test_the_form_has_the_settings_of_the_last_match(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_match(level=None, points=11, opponent="Bob")
    history.add_match(level="hard", points=3)
    answer = await alice.get("/lobby")
    assert chosen(answer) == ["11", "true", "hard", "11", "11"]


async def test_a_first_match_is_suggested_to_a_new_player(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/lobby")
    assert "No matches yet" in answer.text
    assert chosen(answer) == ["7", "true", "normal", "7", "7"]


async def test_the_lobby_opens_while_history_is_down(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Match history is unavailable right now" in answer.text
    assert "Play the computer" in answer.text


async def test_an_invalid_answer_of_a_backend_counts_as_an_outage(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.answers_with = 200
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Match history is unavailable right now" in answer.text


async def test_the_players_token_is_sent_to_the_backends(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    await alice.get("/lobby")
    asked = history.switch.asked[-1]
    assert asked.headers["authorization"].startswith("Bearer ey")


async def test_calls_for_an_answer_are_at_the_top(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    incoming = tournament.invite("Bob", "Alice", points=11)
    outgoing, link = tournament.invite("Alice", "Charlie"), tournament.invite("Alice")
    await alice.post("/online/queue", data={"points": "7", "rated": "true"})
    calls = await calls_of(alice)
    for address in (
        f'action="/invitations/{incoming}/accept"',
        f'action="/invitations/{incoming}/decline"',
        f'action="/invitations/{outgoing}/withdraw"',
        f'href="/invitations/{link}"',
    ):
        assert calls.count(address) == 1
    assert "First to 11, rated" in calls


async def test_a_player_in_a_match_is_led_there_and_can_accept_nothing(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Alice", "Bob")
    incoming = tournament.invite("Bob", "Alice")
    calls = await calls_of(alice)
    assert f'href="/online/{match_id}"' in calls
    assert f"/invitations/{incoming}/accept" not in calls
    assert f'action="/invitations/{incoming}/decline"' in calls


async def calls_of(browser: httpx.AsyncClient) -> str:
    return (await browser.get("/lobby")).text.split('id="calls"')[1].split('class="lobby"')[0]


async def test_a_waiting_player_can_continue_or_leave(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    await alice.post("/online/queue", data={"points": "7", "rated": "false"})
    assert tournament.queue
    answer = await alice.get("/lobby")
    assert "You’re waiting for an opponent." in answer.text
    assert 'action="/online/queue/leave"' in answer.text


async def test_the_calls_are_refreshed_by_the_stream(
    alice: httpx.AsyncClient, history: StandInHistory, tournament: StandInTournament
) -> None:
    opening = (await alice.get("/lobby")).text.split('id="calls"')[1].split(">")[0]
    assert 'hx-get="/lobby"' in opening
    assert "live:games from:body" in opening
    tournament.invite("Bob", "Alice")
    history.switch.asked.clear()
    headers = {"HX-Request": "true", "HX-Target": "div#calls"}
    part = await alice.get("/lobby", headers=headers)
    assert "<html" not in part.text
    assert "challenges you" in part.text
    assert history.switch.asked == []


async def test_the_players_rating_is_shown_with_its_uncertainty(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    answer = await alice.get("/lobby")
    assert "± 700, provisional" in answer.text
    history.rate("Alice", 1532)
    answer = await alice.get("/lobby")
    assert '<p class="lobby-count">1532</p>' in answer.text
    assert "± 123<" in answer.text


async def test_three_running_matches_can_be_watched(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    assert "No matches are on right now." in (await alice.get("/lobby")).text
    for number in range(5):
        tournament.add_match(f"left-{number}", f"right-{number}")
    answer = await alice.get("/lobby")
    assert answer.text.count('href="/watch/') == 3
    assert 'href="/watch"' in answer.text


async def test_the_lobby_opens_while_tournament_is_down(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    tournament.switch.down = True
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Online play is unavailable right now." in answer.text
    assert 'action="/online/queue"' not in answer.text
    assert "Play the computer" in answer.text


async def test_the_players_own_points_are_first_on_either_side(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_online("Bob", "Alice", score=(7, 5), outcome="lost")
    row = (await alice.get("/lobby")).text.split('class="match-row"')[1].split("</li>")[0]
    assert "<span>5</span>" in row.split("match-dash")[0]
    assert "<bdi>Bob</bdi>" in row
    assert "−12" in row


async def test_forfeits_and_unrated_matches_are_marked(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_online("Bob", "Alice", score=(3, 2), forfeited_by="left")
    history.add_online("Alice", "Bob", rated=False)
    _, forfeit, unrated = (await alice.get("/lobby")).text.split('class="match-row"')
    assert "online, forfeit" in forfeit
    assert "+12" in forfeit
    assert "match-change" not in unrated


async def test_other_pages_show_urgent_calls(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    page = (await alice.get("/matches")).text
    assert 'data-match-calls="/online/calls"' in page
    headers = {"Accept": "application/json"}
    assert (await alice.get("/online/calls", headers=headers)).json() == []
    match_id = tournament.add_match("Alice", "Bob")
    tournament.invite("<Zed>", "Alice")
    tournament.invite("Alice", "Bob")
    answer = await alice.get("/online/calls", headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    assert [(call["words"], call["go_to"]) for call in answer.json()] == [
        ("Your match has started.", f"/online/{match_id}"),
        ("<Zed> challenges you.", "/lobby"),
    ]
    tournament.switch.down = True
    assert (await alice.get("/online/calls", headers=headers)).status_code == 503


async def test_visitors_get_no_match_calls(browser: httpx.AsyncClient) -> None:
    assert "data-match-calls" not in (await browser.get("/leaderboard")).text
    answer = await browser.get("/online/calls", headers={"Accept": "application/json"})
    assert answer.status_code == 401
