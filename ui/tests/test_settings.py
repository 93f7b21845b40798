"""Common properties of all settings pages."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from ui.session.cookies import ACCESS_COOKIE

SOME_ID = "018f0000-0000-7000-8000-000000000000"
PAGES = [
    "/settings",
    "/settings/account",
    "/settings/security",
    "/settings/sessions",
    "/settings/sign-in",
    "/settings/privacy",
]
FORMS = [
    "/settings/profile",
    "/settings/avatar/remove",
    "/settings/email",
    "/settings/email/forget",
    "/settings/password",
    "/settings/two-factor/setup",
    "/settings/two-factor/disable",
    "/settings/two-factor/recovery-codes",
    "/settings/passkeys/options",
    f"/settings/passkeys/{SOME_ID}",
    f"/settings/passkeys/{SOME_ID}/remove",
    f"/settings/sessions/{SOME_ID}/end",
    "/settings/sessions/end-others",
    "/settings/sign-in/github/unlink",
    "/settings/privacy/delete",
]
FILLED_IN = {
    "display_name": "Ace",
    "email": "a@example.org",
    "password": "alice likes pong",
    "new_password": "alice loves pong",
    "code": "123456",
    "name": "Laptop",
    "username": "Alice",
}


@pytest.mark.parametrize("path", PAGES)
async def test_a_visitor_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path.replace('/', '%2F')}"


async def test_a_form_of_a_visitor_changes_nothing(
    browser: httpx.AsyncClient, auth: StandInAuth, subtests: pytest.Subtests
) -> None:
    qr = {"secret": "A" * 16, "uri": "otpauth://totp/a", "qr": "AAAA"}
    for path in (*FORMS, "/settings/two-factor", "/settings/avatar"):
        files = {"picture": ("a.png", b"x", "image/png")} if path.endswith("avatar") else None
        with subtests.test(path):
            answer = await browser.post(path, data={**FILLED_IN, **qr}, files=files)
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
            assert auth.switch.asked == []


@pytest.mark.parametrize("path", PAGES)
async def test_the_page_is_marked_in_the_navigation(alice: httpx.AsyncClient, path: str) -> None:
    text = (await alice.get(path)).text
    navigation = text.split('aria-label="Settings"')[1].split("</nav>")[0]
    assert navigation.count('aria-current="page"') == 1
    before = navigation.split('aria-current="page"')[0]
    assert before.rstrip().endswith(f'href="{path}"')


@pytest.mark.parametrize("path", PAGES)
async def test_an_unavailable_auth_offers_a_retry(
    alice: httpx.AsyncClient, auth: StandInAuth, path: str
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.get(path)
    assert answer.status_code == 503
    assert f'href="{path}">Try again' in answer.text


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/settings/profile", "/settings"),
        ("/settings/avatar", "/settings"),
        ("/settings/email", "/settings/account"),
        ("/settings/two-factor", "/settings/security"),
        (f"/settings/passkeys/{SOME_ID}/remove", "/settings/security"),
        ("/settings/sign-in/github/unlink", "/settings/sign-in"),
    ],
)
async def test_opening_the_address_of_a_form_shows_its_page(
    alice: httpx.AsyncClient, path: str, page: str
) -> None:
    answer = await alice.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, page)


async def test_another_site_cannot_send_a_form(
    alice: httpx.AsyncClient, auth: StandInAuth, subtests: pytest.Subtests
) -> None:
    for path in FORMS:
        with subtests.test(path):
            answer = await alice.post(
                path, data=FILLED_IN, headers={"Origin": "https://evil.example"}
            )
            assert answer.status_code == 403
            assert auth.switch.asked == []


@pytest.mark.parametrize("path", PAGES)
async def test_administrators_have_links_to_monitoring(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str
) -> None:
    for operator in (False, True):
        auth.people["Alice"].operator = operator
        token = auth.sign_in("Alice").access_token
        answer = await browser.get(path, headers={"Cookie": f"{ACCESS_COOKIE}={token}"})
        assert answer.status_code == 200
        for place in ("/grafana/", "/prometheus/", "/alertmanager/", "/kibana/", "/runbooks/"):
            assert (f'href="{place}"' in answer.text) is operator
