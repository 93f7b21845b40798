"""Email address and password."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth

PASSWORD = "alice likes pong"
NEW_EMAIL = {"email": "new@example.org", "password": PASSWORD}
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "alice loves pong"}


async def test_the_page_shows_the_status_of_the_address(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice.get("/settings/account")
    assert "alice@example.org" in answer.text
    assert ">Verified<" in answer.text
    auth.people["Alice"].verified = False
    answer = await alice.get("/settings/account")
    assert ">Not verified<" in answer.text
    assert 'action="/verify/resend"' in answer.text
    assert "1 Dec 2026" in answer.text


async def test_a_new_address_waits_for_its_link(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/settings/email", data=NEW_EMAIL)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/account")
    page = await alice.get("/settings/account")
    assert "We’ve sent an email to the new address." in page.text
    assert "new@example.org" in page.text
    assert "alice@example.org" in page.text


async def test_a_pending_address_can_be_cancelled(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await alice.post("/settings/email", data=NEW_EMAIL)
    answer = await alice.post("/settings/email/forget")
    assert answer.headers["location"] == "/settings/account"
    assert auth.people["Alice"].pending_email is None
    assert "new@example.org" not in (await alice.get("/settings/account")).text


async def test_an_error_is_reported_at_its_field(alice: httpx.AsyncClient) -> None:
    for form, status, words in (
        ({"email": " ", "password": PASSWORD}, 400, 'id="email-error">Enter the new address.'),
        ({"email": "here", "password": PASSWORD}, 400, 'id="email-error">This is not an e-mail'),
        (
            {"email": "a@example.org", "password": "no"},
            403,
            'id="password-error">This password is wrong',
        ),
    ):
        answer = await alice.post("/settings/email", data=form)
        assert answer.status_code == status
        assert words in answer.text
        assert f'value="{form["email"].strip()}"' in answer.text


async def test_changing_the_password_says_what_it_ended(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice.post("/settings/password", data=NEW_PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/account")
    assert auth.people["Alice"].password == "alice loves pong"
    assert "all other devices" in (await alice.get("/settings/account")).text


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"current_password": "x"}, 400, 'id="new_password-error">Enter the new password.'),
        (
            {"current_password": "x", "new_password": "a secret of hers"},
            403,
            'id="current_password-error">This password is wrong',
        ),
        (
            {"current_password": PASSWORD, "new_password": "short1"},
            400,
            'id="new_password-error">Choose a password of at least 8',
        ),
    ],
)
async def test_each_password_field_has_its_own_error_and_is_not_filled_in_again(
    alice: httpx.AsyncClient, form: dict[str, str], status: int, words: str
) -> None:
    answer = await alice.post("/settings/password", data=form)
    assert answer.status_code == status
    assert words in answer.text
    assert "a secret of hers" not in answer.text
    assert PASSWORD not in answer.text
    assert "short1" not in answer.text


async def test_an_account_without_a_password_can_set_one_after_confirming(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.people["Alice"].password = None
    page = await alice.get("/settings/account")
    assert "Set password" in page.text
    assert "current_password" not in page.text
    auth.let_time_pass()
    headers = {"Referer": "https://pong.test/settings/account"}
    answer = await alice.post(
        "/settings/password", data={"new_password": "alice loves pong"}, headers=headers
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/confirm?next=%2Fsettings%2Faccount"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/settings/email", NEW_EMAIL),
        ("/settings/email/forget", {}),
        ("/settings/password", NEW_PASSWORD),
    ],
)
async def test_typed_texts_except_passwords_are_kept_while_auth_is_down(
    alice: httpx.AsyncClient, auth: StandInAuth, path: str, form: dict[str, str]
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post(path, data=form)
    assert answer.status_code == 503
    assert "Accounts are unavailable right now." in answer.text
    assert PASSWORD not in answer.text
    assert ("email" not in form) or 'value="new@example.org"' in answer.text


@pytest.mark.parametrize(
    ("path", "form"), [("/settings/email", NEW_EMAIL), ("/settings/password", NEW_PASSWORD)]
)
async def test_throttling_is_reported(
    alice: httpx.AsyncClient, auth: StandInAuth, path: str, form: dict[str, str]
) -> None:
    auth.limited = frozenset({"proof"})
    answer = await alice.post(path, data=form)
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text


async def test_a_session_ended_elsewhere_leads_to_sign_in(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.end_sessions()
    answer = await alice.post("/settings/password", data=NEW_PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await alice.get("/sign-in")).status_code == 200
