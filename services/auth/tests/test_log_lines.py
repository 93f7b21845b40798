"""Log lines about accounts: one per event, without secrets."""

import pytest

from services.auth.tests.browsers import Browser, with_two_factor
from services.auth.tests.mailbox import verified
from services.auth.tests.people import people
from services.auth.tests.service_under_test import PASSWORD, Auth
from tests.fixtures.ecs import faults
from tests.fixtures.log_lines import LogLines, log_lines

HAMMERING = "198.51.100.7"


def fields(lines: LogLines, action: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(line.get(name) for name in names) for line in lines.of(action)]


async def test_a_failed_sign_in_is_logged_with_reason_and_address(auth: Auth) -> None:
    account_id = (await auth.register("Alice")).json()["id"]
    with log_lines() as lines:
        browser = Browser(auth, HAMMERING)
        await browser.sign_in(password="typed-wrong")
        await browser.sign_in("Nobody-there")
    assert fields(lines, "user-login", "event.reason", "user.id", "client.ip") == [
        ("wrong_password", account_id, HAMMERING),
        ("unknown_account", None, HAMMERING),
    ]
    assert "typed-wrong" not in str(lines.all)
    assert "Nobody-there" not in str(lines.all)


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("somewhere", None),
        ("198.51.100.7, 203.0.113.1", None),
        ("<b>", None),
    ],
)
async def test_only_a_valid_client_address_is_logged(
    auth: Auth, told: str, written: str | None
) -> None:
    with log_lines() as lines:
        await Browser(auth, told).sign_in("Nobody")
    assert fields(lines, "user-login", "client.ip") == [(written,)]


async def test_the_challenge_refusal_and_success_of_a_second_factor_are_logged(auth: Auth) -> None:
    await auth.register("Alice")
    app = await with_two_factor(await Browser(auth).signed_in())
    with log_lines() as lines:
        browser = Browser(auth)
        challenge = await browser.challenge()
        await browser.answer(challenge, app.wrong_code())
        await browser.answer(challenge, app.code())
    happened = [
        (line["event.action"], line["event.outcome"], line.get("event.reason"))
        for line in lines.of("user-challenge", "user-login")
    ]
    assert happened == [
        ("user-challenge", "success", None),
        ("user-login", "failure", "wrong_code"),
        ("user-login", "success", None),
    ]
    assert len({line["user.id"] for line in lines.of("user-challenge", "user-login")}) == 1


async def test_each_change_of_a_relationship_is_logged_once(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    with log_lines() as lines:
        for _ in range(2):
            await alice.post("/friends/Bob")
        await bob.post("/friends/Alice")
        for _ in range(2):
            await bob.put("/blocks/Alice")
        for _ in range(2):
            await bob.delete("/blocks/Alice")
    happened = lines.of("friend-request", "friend-accept", "friend-block", "friend-unblock")
    assert [line["event.action"] for line in happened] == [
        "friend-request",
        "friend-accept",
        "friend-block",
        "friend-unblock",
    ]
    asked, *by_bob = happened
    assert {(line["user.id"], line["user.target.id"]) for line in by_bob} == {
        (asked["user.target.id"], asked["user.id"])
    }
    assert set(asked["related.user"]) == {asked["user.id"], asked["user.target.id"]}


async def test_a_wrong_password_of_a_signed_in_player_is_logged(auth: Auth) -> None:
    [alice] = await people(auth, "Alice")
    with log_lines() as lines:
        await alice.post("/sessions/confirmation", {"password": "typed-wrong"})
        await alice.post("/sessions/confirmation", {"password": PASSWORD})
    assert fields(lines, "user-confirm", "event.outcome", "event.reason", "labels.method") == [
        ("failure", "wrong_password", "password"),
        ("success", None, "password"),
    ]
    assert "typed-wrong" not in str(lines.all)


async def test_an_invalid_refresh_token_is_logged_with_the_reason(auth: Auth) -> None:
    tokens = await auth.signed_in()
    await auth.sign_out(tokens["refresh_token"])
    with log_lines() as lines:
        await auth.renew("made-up")
        await auth.renew(tokens["refresh_token"])
    assert fields(lines, "session-renew", "event.reason") == [
        ("unknown_token",),
        ("session_over",),
    ]
    assert "made-up" not in str(lines.all)


async def test_lines_of_common_actions_fit_the_schema_and_name_no_player(
    auth: Auth,
) -> None:
    with log_lines() as lines:
        await verified(auth, "Alice")
        alice, bob = await people(auth, "Alina", "Bob")
        await alice.post("/friends/Bob")
        await alice.delete("/friends/Bob")
        await alice.ask("PATCH", "/profile", {"bio": "I hit balls."})
        await alice.post("/sessions/confirmation", {"password": PASSWORD})
        await alice.delete("/sessions")
        changed = {"current_password": PASSWORD, "password": "another paddle and ball"}
        await alice.put("/password", changed)
        await Browser(auth).sign_in("Alina", "wrong")
        await bob.post("/deletion", {"password": PASSWORD})
        await auth.sign_out(alice.tokens["refresh_token"])
    done = {"user-register", "user-login", "user-email-verify", "friend-request", "friend-part"}
    done |= {"profile-change", "user-confirm", "user-password-change", "user-delete", "session-end"}
    assert done <= {line["event.action"] for line in lines.of(*done)}
    for line in lines.all:
        assert faults(line) == []
    for secret in (PASSWORD, "another paddle", "@example.org", "Alina", "Bob", "hit balls"):
        assert secret not in str(lines.all)
