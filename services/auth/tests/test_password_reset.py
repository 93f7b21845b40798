import asyncio

import pyotp
import pytest
from argon2.profiles import CHEAPEST

from auth.accounts.hashing import PasswordHashing
from auth.mail.messages import Notice, ResetPassword
from auth.passwords.reset_requests import RESET_REQUEST_TOPIC
from services.auth.tests.browsers import Browser
from services.auth.tests.mailbox import (
    answer_reset_requests,
    ask_for_reset,
    change_token,
    confirm_change,
    kinds,
    newest,
    reset,
    reset_token,
    verified,
)
from services.auth.tests.service_under_test import PASSWORD, AnotherAuth, Auth, errors_of
from tests.fixtures.clients import refusal

ALICE = "Alice@example.org"
ANOTHER = "another good password"


async def test_the_link_in_the_mail_sets_a_password(auth: Auth) -> None:
    await verified(auth, "Alice")
    answer = await reset(auth, await reset_token(auth, ALICE), ANOTHER)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await auth.sign_in("Alice", PASSWORD)).status_code == 401
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 200


async def test_every_session_ends(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await reset(auth, await reset_token(auth, ALICE), ANOTHER)
    assert (await auth.renew(alice.tokens["refresh_token"])).status_code == 401
    assert await auth.rows("SELECT end_reason FROM sessions") == [("password_reset",)]
    assert (await alice.get("/me")).json()["code"] == "session_over"


async def test_the_owner_is_mailed(auth: Auth) -> None:
    await verified(auth, "Alice")
    await reset(auth, await reset_token(auth, ALICE), ANOTHER)
    assert (await newest(auth, ALICE, Notice)).action == "password_reset"
    actions = await auth.rows("SELECT action FROM security_events ORDER BY id")
    assert actions[-2:] == [("password_reset_asked",), ("password_reset",)]


async def test_answers_for_known_and_unknown_addresses_are_alike(auth: Auth) -> None:
    await verified(auth, "Alice")
    answers = [await ask_for_reset(auth, email) for email in (ALICE, "nobody@example.org")]
    known, unknown = answers
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert dict(known.headers) == dict(unknown.headers)
    assert await auth.rows(
        f"SELECT count(*) FROM pgqueuer WHERE entrypoint = '{RESET_REQUEST_TOPIC}'"  # noqa: S608
    ) == [(2,)]
    await answer_reset_requests(auth)
    assert await kinds(auth, ALICE) == ["VerifyAddress", "ResetPassword"]
    assert await kinds(auth, "nobody@example.org") == []


async def test_the_typed_address_is_encrypted_in_the_outbox(auth: Auth) -> None:
    await ask_for_reset(auth, ALICE)
    [(payload,)] = await auth.rows("SELECT payload FROM pgqueuer")
    assert b"example.org" not in payload


async def test_the_mail_goes_to_the_accounts_spelling_of_the_address(auth: Auth) -> None:
    await verified(auth, "Alice")
    await ask_for_reset(auth, "\uff21LICE@example.org")
    await answer_reset_requests(auth)
    assert [each.to for each in await auth.envelopes()] == [ALICE, ALICE]


async def test_the_link_works_once_and_for_half_an_hour(auth: Auth) -> None:
    await verified(auth, "Alice")
    token = await reset_token(auth, ALICE)
    assert (await reset(auth, token, ANOTHER)).status_code == 204
    again = await reset(auth, token, "a third good password")
    assert refusal(again) == (410, "link_over")
    token = await reset_token(auth, ALICE)
    auth.clock.advance(minutes=30)
    late = await reset(auth, token, "a third good password")
    assert refusal(late) == (410, "link_over")
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 200


async def test_a_newer_mail_invalidates_the_older_one(auth: Auth) -> None:
    await verified(auth, "Alice")
    first, second = await reset_token(auth, ALICE), await reset_token(auth, ALICE)
    assert (await reset(auth, first, ANOTHER)).status_code == 410
    assert (await reset(auth, second, ANOTHER)).status_code == 204


@pytest.mark.parametrize("token", ["", "made-up", "\u0000", "x" * 3_000])
async def test_an_unknown_link_is_refused(auth: Auth, token: str) -> None:
    answer = await reset(auth, token, ANOTHER)
    assert refusal(answer) == (404, "link_unknown")


async def test_a_guessable_password_is_refused_and_the_link_remains_valid(auth: Auth) -> None:
    await verified(auth, "Alice")
    token = await reset_token(auth, ALICE)
    for password in ("", "short", "password1234", "Alice-1984", "x" * 129):
        answer = await reset(auth, token, password)
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {"password"}
    assert (await reset(auth, token, ANOTHER)).status_code == 204


async def test_a_reset_needs_an_address(auth: Auth) -> None:
    for email in ("", "alice", "a@b", "a\r\nTo: b@example.org"):
        answer = await ask_for_reset(auth, email)
        assert set(errors_of(answer)) == {"email"}


@pytest.mark.parametrize("names", [("Alice",), ("Alice", "Bob")])
async def test_an_unverified_address_gets_no_mail(auth: Auth, names: tuple[str, ...]) -> None:
    for name in names:
        await auth.register(name, email=ALICE)
    assert (await ask_for_reset(auth, ALICE)).status_code == 202
    await answer_reset_requests(auth)
    assert await kinds(auth, ALICE) == ["VerifyAddress"] * len(names)
    assert ("password_reset_asked",) not in await auth.rows("SELECT action FROM security_events")


async def test_the_verified_owner_gets_the_mail_even_if_others_claim_the_address(
    auth: Auth,
) -> None:
    await verified(auth, "Alice")
    await auth.register("Bob", email=ALICE)
    await reset_token(auth, ALICE)
    assert (await newest(auth, ALICE, ResetPassword)).username == "Alice"


async def test_the_link_stops_working_if_the_address_has_changed(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await alice.put("/email", {"email": "new@example.org", "password": PASSWORD})
    token = await reset_token(auth, ALICE)
    await confirm_change(auth, await change_token(auth, "new@example.org"))
    answer = await reset(auth, token, ANOTHER)
    assert refusal(answer) == (410, "link_over")
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 401


async def test_the_owner_signs_in_on_the_device_of_the_reset_despite_guessers(
    auth: Auth,
) -> None:
    await verified(auth, "Alice")
    for i in range(40):
        await Browser(auth, f"203.0.113.{i}").sign_in("Alice", "not this one")
        auth.clock.advance(minutes=15)
    owner = Browser(auth, "198.51.100.7", "the-owners-laptop")
    stranger = Browser(auth, "198.51.100.8", "another-laptop")
    await stranger.sign_in("Alice", "not this one")
    assert (await owner.sign_in("Alice", PASSWORD)).status_code == 429
    chosen = {"token": await reset_token(auth, ALICE), "password": ANOTHER}
    assert (await owner.post("/password/resets", chosen)).status_code == 204
    assert (await owner.sign_in("Alice", ANOTHER)).status_code == 200
    assert (await stranger.sign_in("Alice", ANOTHER)).status_code == 429


async def test_a_pending_change_of_address_is_cancelled(auth: Auth) -> None:
    intruder = await verified(auth, "Alice")
    await intruder.put("/email", {"email": "intruder@example.org", "password": PASSWORD})
    await reset(auth, await reset_token(auth, ALICE), ANOTHER)
    token = await change_token(auth, "intruder@example.org")
    assert (await confirm_change(auth, token)).status_code == 410


async def test_the_second_factor_is_still_required(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    setup = (await alice.post("/two-factor/setup", {"password": PASSWORD})).json()
    code = pyotp.TOTP(setup["secret"]).at(auth.clock.now)
    assert (
        await alice.post("/two-factor", {"password": PASSWORD, "code": code})
    ).status_code == 201
    asked = await ask_for_reset(auth, ALICE)
    assert (asked.status_code, asked.content) == (202, b"null") or asked.content == b""
    await answer_reset_requests(auth)
    letter = await newest(auth, ALICE, ResetPassword)
    assert (await reset(auth, letter.token, ANOTHER)).content == b""
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 202


async def test_requests_for_one_address_are_limited_known_or_not(auth: Auth) -> None:
    await verified(auth, "Alice")
    for email in (ALICE, "nobody@example.org"):
        answers = [await ask_for_reset(auth, email) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [202] * 4 + [429] * 2
        assert answers[-1].json()["code"] == "too_many_attempts"
        assert answers[-1].headers["retry-after"] == "60"


async def test_requests_from_one_address_are_limited(auth: Auth) -> None:
    answers = [await ask_for_reset(auth, f"player-{i}@example.org") for i in range(33)]
    assert [answer.status_code for answer in answers] == [202] * 31 + [429] * 2


async def test_fifty_parallel_requests_set_one_password(another_auth: AnotherAuth) -> None:
    roomy = PasswordHashing(CHEAPEST, waiting=100)
    async with another_auth(committed=True, passwords=roomy) as auth:
        await verified(auth, "Alice")
        token = await reset_token(auth, ALICE)
        chosen = [f"a good password number {i}" for i in range(30)]
        answers = await asyncio.gather(*(reset(auth, token, password) for password in chosen))
        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [204] + [410] * 29
        winner = chosen[statuses.index(204)]
        assert (await auth.sign_in("Alice", winner)).status_code == 200


async def test_the_log_contains_neither_addresses_nor_tokens(auth: Auth) -> None:
    await verified(auth, "Alice")
    token = await reset_token(auth, ALICE)
    await reset(auth, token, ANOTHER)
    assert len(auth.log.of("user-password-reset")) == 1
    for secret in (token, "example.org", ANOTHER):
        assert secret not in str(auth.log.events)
