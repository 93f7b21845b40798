import asyncio

from auth.mail.messages import ConfirmAddress, Notice
from services.auth.tests.mailbox import (
    change_token,
    confirm_change,
    kinds,
    newest,
    reset_token,
    unverified,
    verification_token,
    verified,
    verify,
)
from services.auth.tests.people import SignedInPlayer
from services.auth.tests.service_under_test import PASSWORD, Auth, errors_of
from tests.fixtures.clients import refusal

OLD, NEW = "Alice@example.org", "alice@elsewhere.example"


async def ask(person: SignedInPlayer, email: object = NEW, password: object = PASSWORD) -> int:
    answer = await person.put("/email", {"email": email, "password": password})
    return answer.status_code


async def address_of(person: SignedInPlayer) -> tuple[str, bool, str | None]:
    me = (await person.get("/me")).json()
    return me["email"], me["email_verified"], me["pending_email"]


async def actions_of(auth: Auth) -> list[str]:
    rows = await auth.rows("SELECT action FROM security_events ORDER BY id")
    return [action for (action,) in rows]


async def test_the_address_changes_once_the_new_one_is_confirmed(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert await ask(alice) == 202
    assert await address_of(alice) == (OLD, True, NEW)
    answer = await confirm_change(auth, await change_token(auth, NEW))
    assert (answer.status_code, answer.json()) == (200, {"username": "Alice"})
    assert await address_of(alice) == (NEW, True, None)
    assert (await auth.sign_in(NEW)).status_code == 200
    assert (await auth.sign_in(OLD)).status_code == 401


async def test_the_old_address_is_mailed_twice_without_the_new_one(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    asked = await newest(auth, OLD, Notice)
    await confirm_change(auth, await change_token(auth, NEW))
    changed = await newest(auth, OLD, Notice)
    assert [asked.action, changed.action] == ["email_change_asked", "email_changed"]
    assert NEW not in str([asked, changed])
    assert await kinds(auth, NEW) == ["ConfirmAddress"]
    assert {"email_change_asked", "email_changed"} <= set(await actions_of(auth))


async def test_an_unverified_old_address_gets_no_mail(auth: Auth) -> None:
    """It may be mistyped, and its reader must not learn from where the player plays."""
    alice = await unverified(auth, "Alice")
    await ask(alice)
    await confirm_change(auth, await change_token(auth, NEW))
    assert await kinds(auth, OLD) == ["VerifyAddress"]
    assert await address_of(alice) == (NEW, True, None)
    assert (await alice.get("/me")).json()["expires_at"] is None


async def test_a_reset_link_to_the_old_address_stops_working(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    password_reset = await reset_token(auth, OLD)
    await ask(alice)
    await confirm_change(auth, await change_token(auth, NEW))
    answer = await auth.client.post(
        "/api/user/password/resets",
        json={"token": password_reset, "password": "another good password"},
    )
    assert answer.status_code == 410


async def test_a_verification_link_to_the_old_address_stops_working(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    verification = await verification_token(auth, OLD)
    await ask(alice)
    await confirm_change(auth, await change_token(auth, NEW))
    assert (await verify(auth, verification)).status_code == 410


async def test_the_link_works_once_and_for_a_day(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    token = await change_token(auth, NEW)
    assert (await confirm_change(auth, token)).status_code == 200
    again = await confirm_change(auth, token)
    assert refusal(again) == (410, "link_over")
    await ask(alice, "third@example.org")
    auth.clock.advance(hours=24)
    late = await confirm_change(auth, await change_token(auth, "third@example.org"))
    assert refusal(late) == (410, "link_over")
    for token in ("", "made-up"):
        unknown = await confirm_change(auth, token)
        assert refusal(unknown) == (404, "link_unknown")


async def test_a_pending_address_expires_after_a_day(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    auth.clock.advance(hours=24)
    tokens = (await auth.sign_in()).json()
    assert (await auth.get("/me", tokens["access_token"])).json()["pending_email"] is None


async def test_a_second_request_replaces_the_first(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    await ask(alice, "third@example.org")
    assert (await address_of(alice))[2] == "third@example.org"
    assert (await confirm_change(auth, await change_token(auth, NEW))).status_code == 410


async def test_the_owner_can_cancel_the_change(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    for _ in range(2):
        assert (await alice.delete("/email/change")).status_code == 204
    assert await address_of(alice) == (OLD, True, None)
    assert (await confirm_change(auth, await change_token(auth, NEW))).status_code == 410


async def test_another_player_can_cancel_only_their_own_change(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    charlie = await verified(auth, "Charlie")
    await ask(alice)
    assert (await charlie.delete("/email/change")).status_code == 204
    assert (await address_of(alice))[2] == NEW


async def test_a_known_address_gets_the_same_answer_and_no_link(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await verified(auth, "Bob")
    assert await ask(alice, "BOB@example.org") == 202
    assert (await address_of(alice))[2] == "BOB@example.org"
    assert await kinds(auth, "Bob@example.org") == ["VerifyAddress", "AddressKnown"]
    assert await kinds(auth, "BOB@example.org") == []


async def test_an_address_that_was_verified_meanwhile_is_refused(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    await auth.register("Bob", email=NEW)
    await verify(auth, await verification_token(auth, NEW))
    answer = await confirm_change(auth, await change_token(auth, NEW))
    assert refusal(answer) == (409, "email_taken")
    assert (await address_of(alice))[:2] == (OLD, True)


async def test_the_password_is_required(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    wrong = await alice.put("/email", {"email": NEW, "password": "not this one"})
    assert refusal(wrong) == (403, "wrong_password")
    assert set(errors_of(wrong)) == {"password"}
    for body in ({"email": NEW}, {"email": NEW, "password": ""}, {"email": NEW, "password": None}):
        left_out = await alice.put("/email", body)
        assert left_out.status_code == 400
        assert set(errors_of(left_out)) == {"password"}
    assert await kinds(auth, NEW) == []
    assert await address_of(alice) == (OLD, True, None)


async def test_wrong_passwords_are_counted(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    statuses = [await ask(alice, NEW, "not this one") for _ in range(8)]
    assert statuses == [403] * 6 + [429] * 2
    assert await ask(alice) == 429


async def test_an_account_without_a_password_needs_a_recent_session(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await auth.execute("UPDATE accounts SET password_hash = NULL")
    assert (await alice.put("/email", {"email": NEW})).status_code == 202
    auth.clock.advance(minutes=9)
    await auth.execute("UPDATE sessions SET confirmed_at = confirmed_at - interval '10 minutes'")
    answer = await alice.put("/email", {"email": "third@example.org"})
    assert refusal(answer) == (403, "confirmation_required")


async def test_malformed_and_useless_addresses_are_refused(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    for email in (
        "",
        "alice",
        "a\r\nBcc: b@example.org",
        OLD,
        OLD.upper(),
        7,
        None,
        ["a@b.example"],
    ):
        answer = await alice.put("/email", {"email": email, "password": PASSWORD})
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {"email"}


async def test_mails_to_new_addresses_are_limited_per_account(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    statuses = [await ask(alice, f"victim-{i}@example.org") for i in range(8)]
    assert statuses == [202] * 6 + [429] * 2


async def test_mails_to_one_address_are_limited_over_all_accounts(auth: Auth) -> None:
    everybody = [await verified(auth, f"Player-{i}") for i in range(7)]
    statuses = [await ask(each, "victim@example.org") for each in everybody]
    assert statuses == [202] * 6 + [429]


async def test_fifty_parallel_requests_use_the_link_once(parallel_auth: Auth) -> None:
    alice = await verified(parallel_auth, "Alice")
    await ask(alice)
    token = await change_token(parallel_auth, NEW)
    answers = await asyncio.gather(*(confirm_change(parallel_auth, token) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 49
    letters = await parallel_auth.letters(OLD)
    assert sum(isinstance(each, Notice) for each in letters) == 2


async def test_parallel_requests_leave_one_valid_link(parallel_auth: Auth) -> None:
    alice = await verified(parallel_auth, "Alice")
    wanted = [f"alice-{i}@example.org" for i in range(6)]
    statuses = await asyncio.gather(*(ask(alice, email) for email in wanted))
    assert set(statuses) == {202}
    pending = (await address_of(alice))[2]
    answers = {
        email: (await confirm_change(parallel_auth, await change_token(parallel_auth, email)))
        for email in wanted
    }
    assert {email for email, answer in answers.items() if answer.is_success} == {pending}


async def test_the_log_contains_neither_addresses_nor_tokens(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await ask(alice)
    token = (await newest(auth, NEW, ConfirmAddress)).token
    await confirm_change(auth, token)
    assert len(auth.log.of("user-email-change")) == 1
    for secret in (token, "example.org", "elsewhere.example", PASSWORD):
        assert secret not in str(auth.log.events)
