"""Links in mails: opening one changes nothing, pressing its button does, with
immediate effect on the token."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.email_links import NEW_EMAIL, EmailLinks, Kind
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE

STRIP = "email address isn’t verified"


@pytest.fixture
async def newcomer(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """The browser of Bob, who has just registered."""
    form = {"username": "Bob", "email": "bob@example.org", "password": "bob prefers chess"}
    await browser.post("/register", data=form)
    return browser


@pytest.fixture
def link(
    newcomer: httpx.AsyncClient,  # noqa: ARG001 - creates Bob
    email_links: EmailLinks,
    auth: StandInAuth,
) -> str:
    return email_links.send("verify", auth.people["Bob"])


async def test_an_unverified_player_is_told_on_every_page(newcomer: httpx.AsyncClient) -> None:
    for path in ("/lobby", "/matches", "/nothing/here"):
        page = (await newcomer.get(path)).text
        assert STRIP in page
        assert f'name="next" value="{path}"' in page


async def test_pages_about_the_address_do_not_repeat_the_notice(
    newcomer: httpx.AsyncClient,
) -> None:
    for path in ("/verify", "/settings/account"):
        page = await newcomer.get(path)
        assert page.status_code == 200
        assert STRIP not in page.text
        assert page.text.count("Send a new link") == 1


async def test_verified_players_and_visitors_see_no_notice(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    assert STRIP not in (await alice.get("/lobby")).text
    await alice.post("/sign-out")
    assert STRIP not in (await alice.get("/")).text
    assert auth.switch.paths() == ["/api/user/logout"]


async def test_opening_a_link_changes_nothing(
    newcomer: httpx.AsyncClient, auth: StandInAuth, link: str
) -> None:
    page = await newcomer.get("/verify", params={"token": link})
    assert page.status_code == 200
    assert f'value="{link}"' in page.text
    assert not auth.people["Bob"].verified


async def test_the_button_verifies_and_the_notice_disappears_at_once(
    newcomer: httpx.AsyncClient, auth: StandInAuth, link: str
) -> None:
    before = newcomer.cookies[ACCESS_COOKIE]
    answer = await newcomer.post("/verify", data={"token": link})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")
    assert auth.people["Bob"].verified
    assert newcomer.cookies[ACCESS_COOKIE] != before
    lobby = (await newcomer.get("/lobby")).text
    assert "Your email address is verified." in lobby
    assert STRIP not in lobby


@pytest.mark.parametrize("kind", ["verify", "change"])
@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_link_names_its_account_to_others_and_says_what_to_do(
    newcomer: httpx.AsyncClient,
    email_links: EmailLinks,
    auth: StandInAuth,
    kind: Kind,
    signed_in: bool,
) -> None:
    """An attacker could register with another person's address and have that person verify it."""
    if not signed_in:
        newcomer.cookies.clear()
    link = email_links.send(kind, auth.people["Alice"])
    path = {"verify": "/verify", "change": "/confirm-email"}[kind]
    answer = await newcomer.post(path, data={"token": link})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "<bdi>Alice</bdi>" in answer.text
    assert 'href="/forgot">This isn’t mine' in answer.text
    assert 'href="/sign-in">Continue' in answer.text


@pytest.mark.parametrize("path", ["/verify", "/confirm-email", "/reset"])
async def test_a_page_with_a_token_in_its_address_is_not_cached(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path, params={"token": "a"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


async def test_a_page_with_a_token_in_its_form_is_not_cached(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/reset", data={"token": "a", "password": ""})
    assert 'value="a"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_the_address_is_verified_even_if_the_renewal_fails(
    newcomer: httpx.AsyncClient, auth: StandInAuth, link: str
) -> None:
    auth.end_sessions()
    answer = await newcomer.post("/verify", data={"token": link})
    assert answer.headers["location"] == "/lobby"
    assert auth.people["Bob"].verified


async def test_pressing_twice_says_that_the_address_is_verified(
    newcomer: httpx.AsyncClient, link: str
) -> None:
    await newcomer.post("/verify", data={"token": link})
    answer = await newcomer.post("/verify", data={"token": link})
    assert answer.status_code == 410
    assert "This link has been used" in answer.text


async def test_an_expired_link_offers_a_new_one(
    newcomer: httpx.AsyncClient, email_links: EmailLinks, link: str
) -> None:
    email_links.links[link].over = True
    answer = await newcomer.post("/verify", data={"token": link})
    assert answer.status_code == 410
    assert 'href="/verify">Get a new link' in answer.text
    newcomer.cookies.clear()
    answer = await newcomer.post("/verify", data={"token": link})
    assert 'href="/sign-in?next=%2Fverify">Sign in for a new link' in answer.text


async def test_an_unknown_link_is_reported(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/verify", data={"token": "made up"})
    assert answer.status_code == 404
    assert "Unknown link" in answer.text


async def test_an_address_verified_by_another_account_is_reported(
    newcomer: httpx.AsyncClient, email_links: EmailLinks, link: str
) -> None:
    email_links.taken = "bob@example.org"
    answer = await newcomer.post("/verify", data={"token": link})
    assert answer.status_code == 409
    assert "another account" in answer.text


@pytest.mark.parametrize("path", ["/verify", "/confirm-email", "/reset"])
async def test_a_link_remains_valid_while_auth_is_down(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str
) -> None:
    auth.switch.down = True
    form = {"token": "link-0", "password": "a long enough one"}
    answer = await browser.post(path, data=form)
    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/verify", "/verify/resend", "/confirm-email", "/reset"])
async def test_another_site_cannot_press_the_button(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str
) -> None:
    answer = await browser.post(path, data={"token": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert auth.switch.asked == []


async def test_a_new_link_is_sent_and_confirmed_on_the_same_page(
    newcomer: httpx.AsyncClient, email_links: EmailLinks
) -> None:
    answer = await newcomer.post("/verify/resend", data={"next": "/matches"})
    assert answer.headers["location"] == "/matches"
    assert len(email_links.links) == 1
    assert "We’ve sent you a new link" in (await newcomer.get("/matches")).text


async def test_requesting_a_link_never_leads_to_another_site(newcomer: httpx.AsyncClient) -> None:
    answer = await newcomer.post("/verify/resend", data={"next": "//evil.example"})
    assert answer.headers["location"] == "/lobby"


async def test_too_many_requested_links_are_reported(
    newcomer: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.limited = frozenset({"resend"})
    await newcomer.post("/verify/resend", data={})
    assert "already sent you several emails" in (await newcomer.get("/lobby")).text


async def test_no_link_is_sent_while_auth_is_down(
    newcomer: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    await newcomer.post("/verify/resend", data={"next": "/matches"})
    auth.switch.down = False
    assert "no email was sent" in (await newcomer.get("/matches")).text


async def test_a_player_verified_meanwhile_gets_the_role_instead_of_a_link(
    newcomer: httpx.AsyncClient, auth: StandInAuth, email_links: EmailLinks
) -> None:
    auth.people["Bob"].verified = True
    await newcomer.post("/verify/resend", data={})
    assert email_links.links == {}
    lobby = (await newcomer.get("/lobby")).text
    assert "already verified" in lobby
    assert STRIP not in lobby


async def test_a_visitor_cannot_request_a_link(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/verify/resend", data={})
    assert answer.headers["location"] == "/sign-in"


async def test_the_page_without_a_link_shows_the_status_of_the_address(
    newcomer: httpx.AsyncClient, auth: StandInAuth
) -> None:
    page = (await newcomer.get("/verify")).text
    assert "bob@example.org" in page
    assert "1 Dec 2026" in page
    auth.people["Bob"].verified = True
    page = (await newcomer.get("/verify")).text
    assert "<h1>Your address is verified</h1>" in page


async def test_a_visitor_signs_in_to_see_the_status(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/verify")
    assert answer.headers["location"] == "/sign-in?next=%2Fverify"


async def test_a_new_address_is_used_once_its_button_is_pressed(
    alice: httpx.AsyncClient, auth: StandInAuth, email_links: EmailLinks
) -> None:
    link = email_links.send("change", auth.people["Alice"])
    await alice.get("/confirm-email", params={"token": link})
    assert auth.people["Alice"].email != NEW_EMAIL
    answer = await alice.post("/confirm-email", data={"token": link})
    assert answer.headers["location"] == "/lobby"
    assert auth.people["Alice"].email == NEW_EMAIL
    assert "Your new email address" in (await alice.get("/lobby")).text


async def test_an_expired_change_leads_to_the_settings(
    alice: httpx.AsyncClient, auth: StandInAuth, email_links: EmailLinks
) -> None:
    link = email_links.send("change", auth.people["Alice"])
    await alice.post("/confirm-email", data={"token": link})
    answer = await alice.post("/confirm-email", data={"token": link})
    assert answer.status_code == 410
    assert 'href="/settings/account">Back to your settings' in answer.text


@pytest.mark.parametrize("path", ["/confirm-email", "/reset"])
async def test_an_address_without_its_token_is_reported_before_anything_is_typed(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "Unknown link" in answer.text


async def test_a_link_works_for_its_own_purpose_only(
    newcomer: httpx.AsyncClient, auth: StandInAuth, link: str
) -> None:
    form = {"token": link, "password": "another one here"}
    assert (await newcomer.post("/reset", data=form)).status_code == 404
    assert (await newcomer.post("/confirm-email", data=form)).status_code == 404
    assert not auth.people["Bob"].verified
    assert REFRESH_COOKIE in newcomer.cookies
