import httpx

from tests.fixtures.scrapes import ask_nonsense, missing, series_of


async def test_everything_that_the_contract_promises_is_there(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/")).status_code == 200
    assert await missing(browser, "ui") == set()


async def test_what_is_not_there_makes_no_series(browser: httpx.AsyncClient) -> None:
    addresses = {"known": "/leaderboard", "by_id": "/matches/{id}"}
    word = await ask_nonsense(browser, **addresses)
    before = await series_of(browser, "http_")
    assert word not in str(before)
    await ask_nonsense(browser, **addresses)
    assert await series_of(browser, "http_") == before
