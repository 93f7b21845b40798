"""Registering and signing in, with errors at the fields where possible."""

import asyncio
import re

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from ui.form_size import MAX_FORM_BYTES
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE

PASSWORD = "alice likes pong"
SIGN_IN = {"username": "Alice", "password": PASSWORD}
REGISTER = {"username": "Bob", "email": "bob@example.org", "password": "bob prefers chess"}


async def test_signing_in_leads_to_the_lobby(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in", data=SIGN_IN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")
    assert {ACCESS_COOKIE, REFRESH_COOKIE} <= set(browser.cookies)
    assert (await browser.get("/lobby")).status_code == 200


async def test_signing_in_leads_back_to_the_requested_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in", data={**SIGN_IN, "next": "/matches?mode=ai"})
    assert answer.headers["location"] == "/matches?mode=ai"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_signing_in_never_leads_to_another_site(
    browser: httpx.AsyncClient, target: str
) -> None:
    shown = await browser.get("/sign-in", params={"next": target})
    assert "evil.example" not in shown.text.split("<main")[1].split("</main>")[0]
    answer = await browser.post("/sign-in", data={**SIGN_IN, "next": target})
    assert answer.headers["location"] == "/lobby"


async def test_a_wrong_password_is_reported_and_the_name_kept(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in", data={"username": "Alice", "password": "not-this-one"})
    assert answer.status_code == 401
    assert "The name or password is wrong" in answer.text
    assert 'value="Alice"' in answer.text
    assert "not-this-one" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_the_menu_marks_the_current_page_after_a_refused_form(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.post("/sign-in", data={"username": "Alice", "password": "not-this-one"})
    assert re.search(r'href="/sign-in"\s+aria-current="page"', answer.text)


async def test_empty_fields_are_named_without_an_attempt_to_sign_in(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await browser.post("/sign-in", data={"username": " ", "password": ""})
    assert answer.status_code == 400
    assert "Enter your player name." in answer.text
    assert "Enter your password." in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert "/api/user/login" not in auth.switch.paths()


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
async def test_missing_fields_count_as_empty(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.post(path, data={"unknown": "1"})
    assert answer.status_code == 400
    assert "Enter your password." in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
async def test_a_repeated_field_is_refused(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.post(path, data={**REGISTER, "username": ["Alice", "Bob"]})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
async def test_a_body_that_is_no_form_is_refused(browser: httpx.AsyncClient, path: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.post(path, content=b"\xff\xfe=\x00&&&", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(("path", "form"), [("/sign-in", SIGN_IN), ("/register", REGISTER)])
async def test_throttling_is_reported_with_the_time_to_wait(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str, form: dict[str, str]
) -> None:
    auth.limited = frozenset({"login", "register"})
    answer = await browser.post(path, data=form)
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text
    assert form["password"] not in answer.text


@pytest.mark.parametrize(("path", "form"), [("/sign-in", SIGN_IN), ("/register", REGISTER)])
async def test_an_unavailable_auth_is_reported_and_the_form_kept(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str, form: dict[str, str]
) -> None:
    auth.switch.down = True
    answer = await browser.post(path, data=form)
    assert answer.status_code == 503
    assert "Accounts are unavailable right now" in answer.text
    assert f'value="{form["username"]}"' in answer.text
    assert form["password"] not in answer.text


async def test_registering_signs_in_and_announces_a_mail(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.post("/register", data=REGISTER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")
    lobby = (await browser.get("/lobby")).text
    assert "Bob" in lobby
    assert "We’ve sent you an email" in lobby


async def test_registering_leads_back_to_the_requested_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/register", data={**REGISTER, "next": "/matches?mode=ai"})
    assert answer.headers["location"] == "/matches?mode=ai"


async def test_an_account_created_just_before_auth_got_busy_is_not_created_twice(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.limited = frozenset({"login"})
    answer = await browser.post("/register", data={**REGISTER, "next": "/matches"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fmatches"


async def test_each_invalid_field_has_an_explanation(browser: httpx.AsyncClient) -> None:
    form = {"username": "B", "email": "nowhere", "password": "short"}
    answer = await browser.post("/register", data=form)
    assert answer.status_code == 400
    for field, words in (
        ("username", "Choose a name of 3 to 20 characters."),
        ("email", "Enter an email address such as"),
        ("password", "Choose a password of at least 8 characters."),
    ):
        assert f'aria-describedby="{field}-error"' in answer.text
        assert f'id="{field}-error">{words}' in answer.text
    assert 'value="nowhere"' in answer.text
    assert "short" not in answer.text


async def test_a_taken_name_is_reported_at_its_field(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/register", data={**REGISTER, "username": "Alice"})
    assert answer.status_code == 409
    assert 'id="username-error">The name Alice is taken.' in answer.text


async def test_registering_twice_in_parallel_creates_one_account(
    browser: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(*(browser.post("/register", data=REGISTER) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]


async def test_a_busy_auth_is_reported_differently_from_an_unavailable_one(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.busy = True
    answer = await browser.post("/sign-in", data=SIGN_IN)
    assert answer.status_code == 503
    assert "Too many people are signing in right now" in answer.text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/register", "/sign-in/code"])
async def test_a_signed_in_player_is_redirected_from_these_pages(
    alice: httpx.AsyncClient, path: str
) -> None:
    answer = await alice.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")


async def test_typed_texts_are_escaped(browser: httpx.AsyncClient) -> None:
    form = {"username": '"><script>alert(1)</script>', "password": "wrong password"}
    answer = await browser.post("/sign-in", data=form)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


async def test_another_site_cannot_sign_a_player_in(browser: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = await browser.post("/sign-in", data=SIGN_IN, headers=headers)
    assert answer.status_code == 403
    assert ACCESS_COOKIE not in browser.cookies


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
async def test_a_too_large_form_is_refused(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str
) -> None:
    answer = await browser.post(path, data={"username": "x" * MAX_FORM_BYTES})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert auth.switch.asked == []
