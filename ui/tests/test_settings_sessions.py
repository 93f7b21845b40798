"""Sessions and sign-in methods."""

from uuid import uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.own_account import OwnAccounts


async def test_each_session_is_described_and_the_current_one_marked(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    own_accounts.add_session("Firefox on <Linux>", "2001:db8::7")
    answer = await alice.get("/settings/sessions")
    assert answer.text.count("This device") == 1
    assert "Firefox on &lt;Linux&gt;" in answer.text
    assert "2001:db8::7" in answer.text
    assert answer.text.count('action="/settings/sessions/') == 2


async def test_a_single_session_has_no_others_to_end(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/settings/sessions")
    assert "You’re not signed in anywhere else." in answer.text
    assert "end-others" not in answer.text


async def test_another_session_can_be_ended_twice(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    session = own_accounts.add_session("Firefox on Linux", "203.0.113.9")
    for _ in range(2):
        answer = await alice.post(f"/settings/sessions/{session}/end")
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/sessions")
    assert own_accounts.elsewhere == []
    assert "That device is signed out." in (await alice.get("/settings/sessions")).text


async def test_all_other_sessions_can_be_ended(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    for number in range(3):
        own_accounts.add_session("Firefox on Linux", f"203.0.113.{number}")
    answer = await alice.post("/settings/sessions/end-others")
    assert answer.headers["location"] == "/settings/sessions"
    assert own_accounts.elsewhere == []


@pytest.mark.parametrize("action", [f"{uuid4()}/end", "end-others"])
async def test_a_failure_is_reported_while_auth_is_down(
    alice: httpx.AsyncClient, auth: StandInAuth, action: str
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post(f"/settings/sessions/{action}")
    assert answer.status_code == 503
    assert "signed out" not in answer.text


async def test_every_sign_in_method_is_listed(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    auth.people["Alice"].identities = {"github"}
    own_accounts.add_passkey("Laptop")
    answer = await alice.get("/settings/sign-in")
    assert 'action="/settings/sign-in/github/unlink"' in answer.text
    assert '<form method="post" action="/sign-in/with/42">' in answer.text
    assert "/sign-in/with/github" not in answer.text


async def test_an_identity_can_be_unlinked_twice(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.people["Alice"].identities = {"github"}
    for _ in range(2):
        answer = await alice.post("/settings/sign-in/github/unlink")
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/sign-in")
    assert auth.people["Alice"].identities == set()


async def test_the_last_sign_in_method_cannot_be_removed(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    auth.people["Alice"].identities = {"github"}
    own_accounts.last_way_in = True
    answer = await alice.post("/settings/sign-in/github/unlink")
    assert answer.status_code == 409
    assert "You need at least one sign-in method." in answer.text


async def test_unlinking_requires_reauthentication(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.people["Alice"].identities = {"github"}
    auth.let_time_pass()
    headers = {"Referer": "https://pong.test/settings/sign-in"}
    answer = await alice.post("/settings/sign-in/github/unlink", headers=headers)
    assert answer.headers["location"] == "/confirm?next=%2Fsettings%2Fsign-in"
