"""Data export, security log and account deletion."""

import re

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.own_account import OwnAccounts
from ui.account_settings.security_events import ACTION_TEXTS
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE

PASSWORD = "alice likes pong"
LEAVING = {"username": "Alice", "password": PASSWORD}


def rows(answer: httpx.Response) -> int:
    return answer.text.count('class="ledger-row"')


async def test_the_export_is_a_downloadable_file(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/settings/export")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="transcendence.json"'
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["account"] == {"username": "Alice"}


async def test_the_export_works_for_names_in_any_script(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.add_player("Ελένη", PASSWORD)
    await browser.post("/sign-in", data={"username": "Ελένη", "password": PASSWORD})
    answer = await browser.post("/settings/export")
    assert answer.status_code == 200
    assert answer.json()["account"] == {"username": "Ελένη"}


async def test_the_export_requires_reauthentication_and_leads_back_to_the_page(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.let_time_pass()
    answer = await alice.post("/settings/export")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/confirm?next=%2Fsettings%2Fprivacy",
    )


async def test_an_incomplete_export_is_refused(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    own_accounts.export_misses = "history"
    answer = await alice.post("/settings/export")
    assert answer.status_code == 503
    assert "The data of history is unavailable right now. Try again later." in answer.text
    assert "content-disposition" not in answer.headers


async def test_too_many_exports_are_reported_with_the_time_to_wait(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.limited = frozenset({"export"})
    answer = await alice.post("/settings/export")
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text


async def test_an_export_while_auth_is_down_is_reported(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post("/settings/export")
    assert answer.status_code == 503
    assert "Accounts are unavailable right now." in answer.text


async def test_the_log_has_pages_and_htmx_gets_the_rows_only(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    for _ in range(45):
        own_accounts.add_event("signed_in", method="password")
    first = await alice.get("/settings/privacy")
    assert rows(first) == 20
    assert "Signed in with the password" in first.text
    assert 'href="/settings/privacy?cursor=20"' in first.text
    headers = {"HX-Request": "true", "HX-Target": "li#more-events"}
    part = await alice.get("/settings/privacy?cursor=20", headers=headers)
    assert rows(part) == 20
    assert "<html" not in part.text
    last = await alice.get("/settings/privacy?cursor=40")
    assert rows(last) == 5
    assert "Back to the newest" in last.text


async def test_critical_events_are_marked(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    own_accounts.add_event("signed_in")
    own_accounts.add_event("sign_in_failed")
    answer = await alice.get("/settings/privacy")
    assert answer.text.count("data-alarming") == 1


async def test_an_unknown_action_is_shown(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    own_accounts.add_event("moved_to_mars", name="<b>")
    answer = await alice.get("/settings/privacy")
    assert "Moved to mars (&lt;b&gt;)" in answer.text


def test_every_action_of_auth_has_a_text() -> None:
    actions = pytest.importorskip("auth.security_log.actions")
    known = {value for name, value in vars(actions).items() if name.isupper()}
    assert known <= set(ACTION_TEXTS)


async def test_deleting_the_account_ends_the_session(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice.post("/settings/privacy/delete", data={**LEAVING, "username": "@alice "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert not {ACCESS_COOKIE, REFRESH_COOKIE} & set(alice.cookies)
    assert "Alice" not in auth.people
    landing = await alice.get("/")
    assert "Your account is deleted." in landing.text
    assert "Sign in" in landing.text


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        (
            {"username": "Alicia", "password": PASSWORD},
            400,
            'id="username-error">Enter your player name',
        ),
        ({"password": PASSWORD}, 400, 'id="username-error">Enter your player name'),
        (
            {"username": "Alice", "password": "no"},
            403,
            'id="password-error">This password is wrong.',
        ),
    ],
)
async def test_an_account_cannot_be_deleted_by_mistake(
    alice: httpx.AsyncClient, auth: StandInAuth, form: dict[str, str], status: int, words: str
) -> None:
    answer = await alice.post("/settings/privacy/delete", data=form)
    assert answer.status_code == status
    assert words in answer.text
    assert re.search(r'<details class="fold"\s+open', answer.text)
    assert PASSWORD not in answer.text
    assert "Alice" in auth.people
    assert (await alice.get("/lobby")).status_code == 200


async def test_an_account_without_a_password_requires_reauthentication(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.people["Alice"].password = None
    auth.let_time_pass()
    headers = {"Referer": "https://pong.test/settings/privacy/delete"}
    answer = await alice.post(
        "/settings/privacy/delete", data={"username": "Alice"}, headers=headers
    )
    assert answer.headers["location"].startswith("/confirm?next=")
    back = await alice.get("/settings/privacy/delete")
    assert (back.status_code, back.headers["location"]) == (303, "/settings/privacy")


async def test_no_account_is_deleted_while_auth_is_down(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post("/settings/privacy/delete", data=LEAVING)
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text
    assert 'value="Alice"' in answer.text
    assert ACCESS_COOKIE in alice.cookies
