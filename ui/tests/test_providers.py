"""Signing in through a provider: started on this site, finished in the same browser,
with a text for every failure."""

from urllib.parse import quote

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.sign_in_methods import Providers
from ui.accounts.provider_problems import PROBLEM_TEXTS
from ui.session.cookies import ACCESS_COOKIE, CHALLENGE_COOKIE, OAUTH_COOKIE

START = "/sign-in/with/github"
RETURN = "/sign-in/with/github/return"
REFUSALS = sorted(Providers.STATUSES)


async def go(browser: httpx.AsyncClient, **query: str) -> httpx.Response:
    return await browser.get(START, params=query)


async def go_as_oneself(browser: httpx.AsyncClient, intent: str, **more: str) -> httpx.Response:
    return await browser.post(START, data={"intent": intent, **more})


async def come_back(browser: httpx.AsyncClient, flow: str = "flow-0") -> httpx.Response:
    return await browser.get(RETURN, params={"state": f"of-{flow}", "code": Providers.CODE})


async def test_a_visit_begins_with_a_cookie_and_leads_to_the_provider(
    browser: httpx.AsyncClient,
) -> None:
    answer = await go(browser, next="/matches")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{Providers.ADDRESS}?state=of-flow-0"
    header = answer.headers["set-cookie"]
    for part in ("flow-0", "HttpOnly", "Secure", "SameSite=lax", "Max-Age=600"):
        assert part in header


async def test_a_visit_ends_at_the_requested_page(browser: httpx.AsyncClient) -> None:
    await go(browser, next="/matches?mode=ai")
    answer = await come_back(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/matches?mode=ai")
    assert ACCESS_COOKIE in browser.cookies
    assert OAUTH_COOKIE not in browser.cookies


async def test_a_visit_never_leads_to_another_site(
    browser: httpx.AsyncClient, providers: Providers
) -> None:
    await go(browser, next="//evil.example")
    assert providers.flows["flow-0"].next is None
    assert (await come_back(browser)).headers["location"] == "/lobby"


async def test_a_new_player_is_welcomed(browser: httpx.AsyncClient, providers: Providers) -> None:
    providers.result = "registered"
    await go(browser)
    answer = await come_back(browser)
    assert answer.headers["location"] == "/lobby"
    assert "Your account is ready." in (await browser.get("/lobby")).text


async def test_a_second_factor_is_required(browser: httpx.AsyncClient, auth: StandInAuth) -> None:
    auth.people["Alice"].code = "123456"
    await go(browser, next="/matches")
    answer = await come_back(browser)
    assert answer.headers["location"] == "/sign-in/code?next=%2Fmatches"
    assert ACCESS_COOKIE not in browser.cookies
    assert CHALLENGE_COOKIE in browser.cookies
    answer = await browser.post("/sign-in/code", data={"code": "123456", "next": "/matches"})
    assert answer.headers["location"] == "/matches"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_cannot_start_a_visit(
    browser: httpx.AsyncClient, auth: StandInAuth, site: str
) -> None:
    address = f"{START}?next=%2Fmatches"
    answer = await browser.get(address, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert OAUTH_COOKIE not in browser.cookies
    assert "/api/user/oauth/github/start" not in auth.switch.paths()
    # A user who intended it can continue from here, on this site.
    assert f'href="{address}">Continue with GitHub' in answer.text


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_a_player_can_start_a_visit(browser: httpx.AsyncClient, site: str) -> None:
    answer = await browser.get(START, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 303


@pytest.mark.parametrize("code", REFUSALS)
async def test_every_refusal_has_a_text_and_a_link(
    browser: httpx.AsyncClient, providers: Providers, code: str
) -> None:
    providers.refuses_with = code
    await go(browser, next="/matches")
    answer = await come_back(browser)
    assert answer.status_code == PROBLEM_TEXTS[code].status
    assert f"<h1>{PROBLEM_TEXTS[code].heading.format(name='GitHub')}</h1>" in answer.text
    assert "/sign-in?next=" in answer.text
    assert OAUTH_COOKIE not in browser.cookies
    assert ACCESS_COOKIE not in browser.cookies


async def test_an_existing_account_leads_to_the_page_for_linking(
    browser: httpx.AsyncClient, providers: Providers
) -> None:
    providers.refuses_with = "account_exists"
    await go(browser)
    answer = await come_back(browser)
    assert 'href="/sign-in?next=%2Fsettings%2Fsign-in"' in answer.text
    assert 'href="/forgot"' in answer.text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "access_denied"),
        ("temporarily_unavailable", "provider_down"),
        ("server_error", "provider_down"),
        ("invalid_scope", "oauth_refused"),
        ("<script>", "oauth_refused"),
    ],
)
async def test_an_error_of_the_provider_is_reported(
    browser: httpx.AsyncClient, auth: StandInAuth, error: str, code: str
) -> None:
    await go(browser, next="/matches")
    answer = await browser.get(RETURN, params={"error": error, "state": "of-flow-0"})
    assert answer.status_code == PROBLEM_TEXTS[code].status
    assert PROBLEM_TEXTS[code].heading.format(name="GitHub") in answer.text
    assert f"/sign-in/with/github?next={quote('/matches', safe='')}" in answer.text
    assert error not in answer.text.split("<main")[1].split("</main>")[0]
    assert "/api/user/oauth/finish" not in auth.switch.paths()


@pytest.mark.parametrize("query", [{}, {"code": "good"}, {"state": "of-flow-0"}])
async def test_a_return_without_parameters_is_refused(
    browser: httpx.AsyncClient, query: dict[str, str]
) -> None:
    await go(browser)
    answer = await browser.get(RETURN, params=query)
    assert answer.status_code == 400
    assert "sign-in failed" in answer.text


async def test_a_return_in_another_browser_is_refused(browser: httpx.AsyncClient) -> None:
    await go(browser)
    browser.cookies.clear()
    assert (await come_back(browser)).status_code == 400
    assert ACCESS_COOKIE not in browser.cookies


async def test_a_return_at_another_providers_address_is_refused(
    browser: httpx.AsyncClient,
) -> None:
    await go(browser)
    query = {"state": "of-flow-0", "code": Providers.CODE}
    answer = await browser.get("/sign-in/with/42/return", params=query)
    assert answer.status_code == 400
    assert "The answer from 42" in answer.text
    assert ACCESS_COOKIE not in browser.cookies


async def test_the_state_of_another_visit_is_refused(browser: httpx.AsyncClient) -> None:
    await go(browser)
    await go(browser)
    answer = await come_back(browser, "flow-0")
    assert answer.status_code == 400
    assert ACCESS_COOKIE not in browser.cookies


async def test_returning_twice_is_refused(browser: httpx.AsyncClient) -> None:
    await go(browser)
    kept = {"Cookie": f"{OAUTH_COOKIE}={browser.cookies[OAUTH_COOKIE]}"}
    await come_back(browser)
    browser.cookies.clear()
    again = await browser.get(
        RETURN, params={"state": "of-flow-0", "code": Providers.CODE}, headers=kept
    )
    assert again.status_code == 400


async def test_an_unknown_provider_is_reported(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/sign-in/with/nobody")
    assert answer.status_code == 404
    assert "Unknown sign-in method" in answer.text


async def test_an_unavailable_provider_is_reported_before_the_visit(
    browser: httpx.AsyncClient, providers: Providers
) -> None:
    providers.down = True
    answer = await go(browser)
    assert answer.status_code == 503
    assert "GitHub isn’t responding" in answer.text


async def test_too_many_visits_from_one_network_are_reported(
    browser: httpx.AsyncClient, providers: Providers
) -> None:
    providers.too_many = True
    answer = await go(browser)
    assert answer.status_code == 429
    assert "Too many attempts" in answer.text
    assert "/sign-in" in answer.text


async def test_an_unavailable_auth_is_reported_at_the_start_and_the_end(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await go(browser)
    auth.switch.down = True
    for answer in (await come_back(browser), await go(browser)):
        assert answer.status_code == 503
        assert "Accounts are unavailable" in answer.text


async def test_linking_ends_in_the_settings(alice: httpx.AsyncClient, providers: Providers) -> None:
    settings = (await alice.get("/settings/sign-in")).text
    assert f'<form method="post" action="{START}">' in settings
    assert 'name="intent" value="link"' in settings
    await go_as_oneself(alice, "link", next="/settings/sign-in")
    assert providers.flows["flow-0"].intent == "link"
    answer = await come_back(alice)
    assert answer.headers["location"] == "/settings/sign-in"


@pytest.mark.parametrize("intent", ["link", "confirm"])
async def test_an_intermediate_page_redirects_since_no_form_may_lead_to_another_site(
    alice: httpx.AsyncClient, intent: str
) -> None:
    answer = await go_as_oneself(alice, intent)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    address = f"{Providers.ADDRESS}?state=of-flow-0"
    assert f'<meta http-equiv="refresh" content="0; url={address}">' in answer.text
    assert f'href="{address}">Continue' in answer.text
    assert "Continue to GitHub</h1>" in answer.text
    assert OAUTH_COOKIE in alice.cookies


@pytest.mark.parametrize("intent", ["link", "confirm"])
async def test_a_link_alone_starts_no_visit_for_a_signed_in_player(
    alice: httpx.AsyncClient, auth: StandInAuth, intent: str
) -> None:
    answer = await go(alice, intent=intent, next="/matches")
    assert (answer.status_code, answer.headers["location"]) == (303, "/matches")
    assert OAUTH_COOKIE not in alice.cookies
    assert "/api/user/oauth/github/start" not in auth.switch.paths()


async def test_a_link_alone_can_only_sign_in(
    browser: httpx.AsyncClient, providers: Providers
) -> None:
    await go(browser, intent="link")
    assert providers.flows["flow-0"].intent == "sign_in"


@pytest.mark.parametrize("page", ["/sign-in", "/confirm"])
async def test_signing_in_and_confirming_never_start_a_visit(
    alice: httpx.AsyncClient, page: str
) -> None:
    form = {"username": "Alice", "password": "alice likes pong", "next": f"{START}?intent=link"}
    answer = await alice.post(page, data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] in {"/lobby", "/settings/sign-in"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("intent", ["link", "confirm"])
async def test_another_site_cannot_press_the_button(
    alice: httpx.AsyncClient, auth: StandInAuth, intent: str, site: str
) -> None:
    answer = await alice.post(START, data={"intent": intent}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert OAUTH_COOKIE not in alice.cookies
    assert auth.switch.asked == []


async def test_linking_an_identity_of_another_account_leads_back_to_the_settings(
    alice: httpx.AsyncClient, providers: Providers
) -> None:
    providers.refuses_with = "identity_taken"
    await go_as_oneself(alice, "link")
    answer = await come_back(alice)
    assert answer.status_code == 409
    assert 'href="/settings/sign-in">Back to your settings' in answer.text
    # A link to try again would sign in to the other account.
    assert f'href="{START}' not in answer.text


async def test_linking_with_an_old_session_requires_reauthentication(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.let_time_pass()
    form = {"intent": "link", "next": "/settings/sign-in"}
    headers = {"Referer": "https://pong.test/settings/sign-in"}
    answer = await alice.post(START, data=form, headers=headers)
    assert answer.status_code == 303
    # The button must be pressed again: no visit starts without that.
    assert answer.headers["location"] == "/confirm?next=%2Fsettings%2Fsign-in"


async def test_confirming_leads_back_to_the_requested_action(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.let_time_pass()
    await go_as_oneself(alice, "confirm", next="/matches")
    answer = await come_back(alice)
    assert answer.headers["location"] == "/matches"
    assert "Confirmed." in (await alice.get("/matches")).text


@pytest.mark.parametrize("intent", ["link", "confirm"])
async def test_linking_and_confirming_need_a_session(
    browser: httpx.AsyncClient, intent: str
) -> None:
    answer = await go_as_oneself(browser, intent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("intent", ["steal", "sign_in", ""])
async def test_an_unknown_intent_is_refused(alice: httpx.AsyncClient, intent: str) -> None:
    assert (await go_as_oneself(alice, intent)).status_code == 400


def test_every_failure_has_a_text() -> None:
    assert set(Providers.STATUSES) <= set(PROBLEM_TEXTS)
    for words in PROBLEM_TEXTS.values():
        assert words.sentence.endswith(".")
