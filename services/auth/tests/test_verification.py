import asyncio
from datetime import timedelta

import pytest

from auth.links.old_links import OldLinks
from auth.mail.messages import VerifyAddress
from services.auth.tests.mailbox import (
    kinds,
    newest,
    unverified,
    verification_token,
    verified,
    verify,
)
from services.auth.tests.people import SignedInPlayer
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal

ALICE = "Alice@example.org"


async def resend(person: SignedInPlayer) -> int:
    answer = await person.post("/email/verification/resend")
    return answer.status_code


async def test_the_link_verifies_the_address_of_its_account(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    answer = await verify(auth, await verification_token(auth, ALICE))
    assert (answer.status_code, answer.json()) == (200, {"username": "Alice"})
    me = (await alice.get("/me")).json()
    assert (me["email_verified"], me["expires_at"], me["roles"]) == (True, None, ["player"])
    actions = await auth.rows("SELECT action FROM security_events ORDER BY id")
    assert ("email_verified",) in actions


async def test_the_next_token_has_the_role_of_player(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert (await alice.get("/me")).json()["roles"] == ["player"]


async def test_the_link_works_once(auth: Auth) -> None:
    await auth.register("Alice")
    token = await verification_token(auth, ALICE)
    await verify(auth, token)
    again = await verify(auth, token)
    assert refusal(again) == (410, "link_over")


async def test_the_link_expires_after_a_day(auth: Auth) -> None:
    await auth.register("Alice")
    token = await verification_token(auth, ALICE)
    auth.clock.advance(hours=24)
    late = await verify(auth, token)
    assert refusal(late) == (410, "link_over")
    assert await auth.rows("SELECT email_verified_at FROM accounts") == [(None,)]


@pytest.mark.parametrize("token", ["", "made-up", "x" * 5_000, "\u0000", "%00", "🏓"])
async def test_an_unknown_link_is_refused(auth: Auth, token: str) -> None:
    answer = await verify(auth, token)
    assert refusal(answer) == (404, "link_unknown")


async def test_a_link_of_another_purpose_is_refused(auth: Auth) -> None:
    await auth.register("Alice")
    token = await verification_token(auth, ALICE)
    for path in ("email/change", "password/resets"):
        answer = await auth.client.post(
            f"/api/user/{path}", json={"token": token, "password": "another good password"}
        )
        assert refusal(answer) == (404, "link_unknown")


async def test_the_link_verifies_its_own_account_even_if_another_player_uses_it(auth: Auth) -> None:
    await auth.register("Alice")
    charlie = await unverified(auth, "Charlie")
    token = await verification_token(auth, ALICE)
    answer = await charlie.post("/email/verification", {"token": token})
    assert answer.json() == {"username": "Alice"}
    assert not (await charlie.get("/me")).json()["email_verified"]


async def test_fifty_parallel_requests_use_the_link_once(parallel_auth: Auth) -> None:
    await parallel_auth.register("Alice")
    token = await verification_token(parallel_auth, ALICE)
    answers = await asyncio.gather(*(verify(parallel_auth, token) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 49
    assert await parallel_auth.rows(
        "SELECT count(*) FROM security_events WHERE action = 'email_verified'"
    ) == [(1,)]


async def test_the_first_of_two_accounts_to_verify_an_address_owns_it(auth: Auth) -> None:
    tokens = []
    for name in ("Alice", "Bob"):
        await auth.register(name, email=ALICE)
        tokens.append(await verification_token(auth, ALICE))
    assert (await verify(auth, tokens[1])).json() == {"username": "Bob"}
    late = await verify(auth, tokens[0])
    assert refusal(late) == (409, "email_taken")
    assert (await verify(auth, tokens[0])).status_code == 409


async def test_one_of_many_accounts_verified_in_parallel_owns_the_address(
    parallel_auth: Auth,
) -> None:
    tokens = []
    for i in range(6):
        await parallel_auth.register(f"Alice-{i}", email=ALICE)
        tokens.append(await verification_token(parallel_auth, ALICE))
        parallel_auth.clock.advance(hours=1)
    answers = await asyncio.gather(*(verify(parallel_auth, token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert await parallel_auth.rows(
        "SELECT count(*) FROM accounts WHERE email_verified_at IS NOT NULL"
    ) == [(1,)]


async def test_a_mail_sent_again_invalidates_the_previous_link(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    first = await verification_token(auth, ALICE)
    assert await resend(alice) == 204
    second = await verification_token(auth, ALICE)
    assert (await verify(auth, first)).status_code == 410
    assert (await verify(auth, second)).status_code == 200


async def test_sending_again_does_not_extend_the_week(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    before = (await alice.get("/me")).json()["expires_at"]
    auth.clock.advance(minutes=5)
    await resend(alice)
    assert (await alice.get("/me")).json()["expires_at"] == before


async def test_three_mails_are_free_and_then_the_wait_grows(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    assert [await resend(alice) for _ in range(5)] == [204] * 4 + [429]
    waits = []
    for _ in range(3):
        refused = await alice.post("/email/verification/resend")
        waits.append(int(refused.headers["retry-after"]))
        assert refused.json()["code"] == "too_many_attempts"
        auth.clock.advance(seconds=waits[-1])
        assert await resend(alice) == 204
    assert waits == [60, 120, 240]
    assert len(await kinds(auth, ALICE)) == 1 + 4 + 3


async def test_sending_again_does_not_send_a_link_to_a_verified_owner(
    auth: Auth,
) -> None:
    await verified(auth, "Alice")
    await auth.register("Mallory", email=ALICE)
    mallory = SignedInPlayer(auth, "Mallory", (await auth.sign_in("Mallory")).json())
    assert await resend(mallory) == 204
    assert await kinds(auth, ALICE) == ["VerifyAddress", "AddressKnown", "AddressKnown"]


async def test_mails_to_one_address_are_limited_over_all_accounts(auth: Auth) -> None:
    sent = 0
    for i in range(4):
        await auth.register(f"Mallory-{i}", email=ALICE)
        signed_in = await auth.sign_in(f"Mallory-{i}")
        if signed_in.status_code == 200:
            mallory = SignedInPlayer(auth, f"Mallory-{i}", signed_in.json())
            sent += [await resend(mallory) for _ in range(4)].count(204)
    assert sent > 0
    assert len(await kinds(auth, ALICE)) == 6


async def test_verified_players_get_no_mail(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    answer = await alice.post("/email/verification/resend")
    assert refusal(answer) == (409, "email_verified")
    assert await kinds(auth, ALICE) == ["VerifyAddress"]


async def test_fifty_parallel_requests_send_four_mails(parallel_auth: Auth) -> None:
    alice = await unverified(parallel_auth, "Alice")
    statuses = await asyncio.gather(*(resend(alice) for _ in range(50)))
    assert sorted(statuses) == [204] * 4 + [429] * 46
    tokens = [
        letter.token
        for letter in await parallel_auth.letters(ALICE)
        if isinstance(letter, VerifyAddress)
    ]
    answers = [(await verify(parallel_auth, token)).status_code for token in tokens]
    assert sorted(answers) == [200] + [410] * 4


async def test_a_mail_is_worthless_after_its_link_has_expired(auth: Auth) -> None:
    await auth.register("Alice")
    [envelope] = await auth.envelopes()
    assert envelope.good_until == auth.clock.now + timedelta(hours=24)


async def test_old_links_are_deleted_a_week_after_their_end(auth: Auth) -> None:
    await auth.register("Alice")
    for days, left in ((7, 1), (2, 0)):
        auth.clock.advance(days=days)
        await OldLinks(auth.db, auth.clock).delete_old_links()
        assert await auth.rows("SELECT count(*) FROM mail_links") == [(left,)]


async def test_the_log_contains_neither_addresses_nor_tokens(auth: Auth) -> None:
    await auth.register("Alice")
    token = (await newest(auth, ALICE, VerifyAddress)).token
    await verify(auth, token)
    await verify(auth, token)
    assert len(auth.log.of("user-email-verify")) == 1
    assert token not in str(auth.log.events)
    assert "example.org" not in str(auth.log.events)
