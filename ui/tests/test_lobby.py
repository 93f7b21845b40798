"""The signed-in home."""

import re

import httpx

from tests.stand_ins.history import StandInHistory


def chosen(answer: httpx.Response) -> list[str]:
    return re.findall(r'value="([^"]+)"\s+checked', answer.text)


async def test_a_stranger_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/lobby")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Flobby"


async def test_the_last_matches_are_there(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    for _ in range(7):
        history.add_match()
    answer = await alice.get("/lobby")
    assert answer.text.count('class="match-row"') == 5


async def test_the_form_opens_as_it_was_left(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_match(level=None, points=11, opponent="Bob")
    history.add_match(level="hard", points=3)
    answer = await alice.get("/lobby")
    assert chosen(answer) == ["hard", "11", "11"]


async def test_without_matches_the_first_one_is_proposed(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/lobby")
    assert "No match yet" in answer.text
    assert chosen(answer) == ["normal", "7", "7"]


async def test_the_lobby_opens_while_history_is_down(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Match history is not answering" in answer.text
    assert "Play the computer" in answer.text


async def test_a_backend_that_answers_nonsense_counts_as_down(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.answers_with = 200
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Match history is not answering" in answer.text


async def test_the_players_token_goes_along(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    await alice.get("/lobby")
    asked = history.switch.asked[-1]
    assert asked.headers["authorization"].startswith("Bearer ey")
