"""The leaderboard."""

import httpx

from tests.stand_ins.history import StandInHistory

HTMX = {"HX-Request": "true", "HX-Target": "tr#more-players"}


async def test_the_leaderboard_is_public_and_ordered_by_rating(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.rank("Zed", "Bob", "Charlie")
    answer = await browser.get("/leaderboard")
    assert answer.status_code == 200
    names = [part.split('"')[0] for part in answer.text.split('href="/players/')[1:]]
    assert names == ["Zed", "Bob", "Charlie"]
    assert "1900" in answer.text
    assert "± 96" in answer.text
    assert "data-own" not in answer.text


async def test_the_readers_own_line_is_marked(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.rank("Zed", "Alice")
    history.rate("Alice", 1500, 1887.4)
    answer = await alice.get("/leaderboard")
    assert answer.text.count("data-own") == 1
    assert "Alice" in answer.text.split("data-own")[1].split("</tr>")[0]
    assert "You’re number 1, with a rating of 1887 ± 123." in answer.text
    assert 'aria-current="page"' in answer.text.split('href="/leaderboard"')[1].split(">")[0]


async def test_a_player_without_a_rank_is_told_how_to_get_one(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.rank("Zed")
    assert "You haven’t played a rated match yet." in (await alice.get("/leaderboard")).text
    history.rate("Alice", 1512, deviation=200)
    assert "Your rating is 1512 ± 400." in (await alice.get("/leaderboard")).text


async def test_more_players_can_be_loaded_without_a_script_and_with_one(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.rank(*(f"player-{number}" for number in range(60)))
    answer = await browser.get("/leaderboard")
    assert answer.text.count("<tr data-row") == 50
    assert 'href="/leaderboard?cursor=50"' in answer.text
    rest = await browser.get("/leaderboard?cursor=50")
    assert rest.text.count("<tr data-row") == 10
    assert "Back to the top" in rest.text
    part = await browser.get("/leaderboard?cursor=50", headers=HTMX)
    assert part.text.count("<tr data-row") == 10
    assert "<table" not in part.text


async def test_an_empty_leaderboard_has_an_explanation(browser: httpx.AsyncClient) -> None:
    assert "No players have a rank yet." in (await browser.get("/leaderboard")).text


async def test_an_unavailable_history_has_an_error_page_with_a_link(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    answer = await browser.get("/leaderboard")
    assert answer.status_code == 503
    assert 'href="/leaderboard">Try again' in answer.text
