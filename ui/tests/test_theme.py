"""The theme: light, dark, or that of the system."""

import httpx
import pytest


async def test_a_choice_is_stored_and_leads_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/theme", data={"theme": "light", "next": "/sign-in"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'data-theme="light"' in (await browser.get("/sign-in")).text


async def test_the_system_decides_without_a_choice(browser: httpx.AsyncClient) -> None:
    assert 'data-theme="auto"' in (await browser.get("/")).text


async def test_an_invalid_cookie_is_not_printed(browser: httpx.AsyncClient) -> None:
    browser.cookies.set("theme", "x onload", domain="pong.test", path="/")
    assert 'data-theme="auto"' in (await browser.get("/")).text


@pytest.mark.parametrize("form", [{}, {"theme": "sepia"}])
async def test_an_unknown_theme_is_refused(
    browser: httpx.AsyncClient, form: dict[str, str]
) -> None:
    answer = await browser.post("/theme", data=form)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


async def test_a_choice_never_leads_to_another_site(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/theme", data={"theme": "dark", "next": "//evil.example"})
    assert answer.headers["location"] == "/"
