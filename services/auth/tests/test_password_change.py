import asyncio

from argon2.profiles import CHEAPEST

from auth.accounts.hashing import PasswordHashing
from auth.mail.messages import Notice
from services.auth.tests.mailbox import (
    change_token,
    confirm_change,
    kinds,
    newest,
    reset,
    reset_token,
    unverified,
    verified,
)
from services.auth.tests.people import SignedInPlayer
from services.auth.tests.service_under_test import PASSWORD, AnotherAuth, Auth, errors_of
from tests.fixtures.clients import refusal

ALICE = "Alice@example.org"
ANOTHER = "another good password"


async def change(
    person: SignedInPlayer, password: object = ANOTHER, current_password: object = PASSWORD
) -> int:
    body = {"password": password, "current_password": current_password}
    return (await person.put("/password", body)).status_code


async def test_the_password_is_changed(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    answer = await alice.put("/password", {"current_password": PASSWORD, "password": ANOTHER})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await auth.sign_in("Alice", PASSWORD)).status_code == 401
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 200


async def test_other_sessions_end_and_this_one_remains(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    elsewhere = (await auth.sign_in()).json()
    assert await change(alice) == 204
    assert (await auth.renew(elsewhere["refresh_token"])).status_code == 401
    assert (await auth.renew(alice.tokens["refresh_token"])).status_code == 200
    ended = await auth.rows("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL")
    assert ended == [("password_changed",)]


async def test_the_owner_is_mailed(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await change(alice)
    assert (await newest(auth, ALICE, Notice)).action == "password_changed"
    assert ("password_changed",) in await auth.rows("SELECT action FROM security_events")


async def test_an_unverified_address_gets_no_mail(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    assert await change(alice) == 204
    assert await kinds(auth, ALICE) == ["VerifyAddress"]


async def test_a_reset_link_stops_working(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    token = await reset_token(auth, ALICE)
    await change(alice)
    assert (await reset(auth, token, "a third good password")).status_code == 410


async def test_a_pending_change_of_address_is_cancelled(auth: Auth) -> None:
    """The mail about that change promises this to an owner who has not requested it."""
    alice = await verified(auth, "Alice")
    await alice.put("/email", {"email": "mallory@example.org", "password": PASSWORD})
    await change(alice)
    token = await change_token(auth, "mallory@example.org")
    assert (await confirm_change(auth, token)).status_code == 410
    assert (await alice.get("/me")).json()["pending_email"] is None


async def test_a_wrong_password_is_a_field_error_and_counted(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    wrong = {"current_password": "not this one", "password": ANOTHER}
    answers = [await alice.put("/password", wrong) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [403] * 6 + [429] * 2
    assert answers[0].json()["code"] == "wrong_password"
    assert set(errors_of(answers[0])) == {"current_password"}
    assert answers[-1].headers["retry-after"]
    assert (await auth.sign_in("Alice", PASSWORD)).status_code == 200


async def test_missing_and_guessable_passwords_are_refused(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    for body, field in (
        ({"password": ANOTHER}, "current_password"),
        ({"password": ANOTHER, "current_password": ""}, "current_password"),
        ({"current_password": PASSWORD}, "password"),
        ({"current_password": PASSWORD, "password": "short"}, "password"),
        ({"current_password": PASSWORD, "password": "password1234"}, "password"),
        ({"current_password": PASSWORD, "password": "Alice-1984"}, "password"),
        ({"current_password": PASSWORD, "password": 7}, "password"),
    ):
        answer = await alice.put("/password", body)
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {field}
    assert (await auth.sign_in("Alice", PASSWORD)).status_code == 200


async def test_a_player_can_change_only_their_own_password(auth: Auth) -> None:
    await verified(auth, "Alice")
    charlie = await verified(auth, "Charlie")
    assert await change(charlie) == 204
    assert (await auth.sign_in("Alice", PASSWORD)).status_code == 200


async def test_a_second_change_needs_the_new_password(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert [await change(alice), await change(alice)] == [204, 403]


async def test_a_first_password_needs_only_a_recent_session(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await auth.execute("UPDATE accounts SET password_hash = NULL")
    await auth.execute("UPDATE sessions SET confirmed_at = confirmed_at - interval '16 minutes'")
    late = await alice.put("/password", {"password": ANOTHER})
    assert refusal(late) == (403, "confirmation_required")
    await auth.execute("UPDATE sessions SET confirmed_at = created_at")
    assert (await alice.put("/password", {"password": ANOTHER})).status_code == 204
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 200
    assert (await alice.get("/me")).json()["has_password"]


async def test_one_of_many_parallel_changes_succeeds(another_auth: AnotherAuth) -> None:
    """All of them know the old password; a later one finds another in the database."""
    roomy = PasswordHashing(CHEAPEST, waiting=100)
    async with another_auth(committed=True, passwords=roomy) as auth:
        alice = await verified(auth, "Alice")
        # The budget for wrong passwords counts each attempt before it is checked.
        chosen = [f"a good password number {i}" for i in range(6)]
        statuses = await asyncio.gather(*(change(alice, password) for password in chosen))
        assert statuses.count(204) == 1
        assert set(statuses) <= {204, 403, 429}
        winner = chosen[statuses.index(204)]
        assert (await auth.sign_in("Alice", winner)).status_code == 200


async def test_a_reset_in_between_is_not_overwritten(auth: Auth) -> None:
    """A person who knew the password proved it just before the owner replaced it."""
    intruder = await verified(auth, "Alice")
    token = await reset_token(auth, ALICE)
    hashing = PasswordHashing.hash

    async def reset_meanwhile(self: PasswordHashing, password: str) -> str:
        if password == "an intruders own password":
            assert (await reset(auth, token, ANOTHER)).status_code == 204
        return await hashing(self, password)

    PasswordHashing.hash = reset_meanwhile  # type: ignore[method-assign]
    try:
        assert await change(intruder, "an intruders own password") == 401
    finally:
        PasswordHashing.hash = hashing  # type: ignore[method-assign]
    assert (await auth.sign_in("Alice", ANOTHER)).status_code == 200


async def test_passwords_are_not_logged(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    await change(alice)
    assert len(auth.log.of("user-password-change")) == 1
    for secret in (PASSWORD, ANOTHER, "example.org"):
        assert secret not in str(auth.log.events)
