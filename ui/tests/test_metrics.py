import httpx

from tests.fixtures.scrapes import ask_nonsense, missing, series_of


async def test_all_documented_metrics_exist(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/")).status_code == 200
    assert await missing(browser, "ui") == set()


async def test_unknown_addresses_and_methods_add_no_series(browser: httpx.AsyncClient) -> None:
    addresses = {"known": "/leaderboard", "by_id": "/matches/{id}"}
    word = await ask_nonsense(browser, **addresses)
    before = await series_of(browser, "http_")
    assert word not in str(before)
    await ask_nonsense(browser, **addresses)
    assert await series_of(browser, "http_") == before
