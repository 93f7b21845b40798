import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import event

from auth.mail.messages import AddressKnown, VerifyAddress
from auth.throttling import budgets
from auth.throttling.service import Throttles
from services.auth.tests.mailbox import kinds, newest, verified
from services.auth.tests.service_under_test import PASSWORD, Auth, errors_of
from tests.fixtures.clients import refusal


async def test_an_account_is_opened(auth: Auth) -> None:
    answer = await auth.register("Alice")
    assert answer.status_code == 201
    assert answer.json()["username"] == "Alice"
    assert UUID(answer.json()["id"]).version == 7
    assert set(answer.json()) == {"id", "username"}


async def test_the_password_is_stored_as_argon2id_only(auth: Auth) -> None:
    await auth.register("Alice")
    [row] = await auth.rows("SELECT accounts::text, password_hash FROM accounts")
    assert row[1].startswith("$argon2id$")
    assert PASSWORD not in row[0]


async def test_all_invalid_fields_are_named_in_one_answer(auth: Auth) -> None:
    answer = await auth.client.post("/api/user/register", json={})
    assert refusal(answer) == (400, "invalid")
    errors = errors_of(answer)
    assert set(errors) == {"username", "email", "password"}
    assert all(sentence.endswith(".") for sentence in errors.values())


async def test_a_malformed_field_is_refused_and_nothing_stored(auth: Auth) -> None:
    malformed: list[tuple[str, object]] = [
        ("username", "<script>alert(1)</script>"),
        ("username", "Bob\x00"),
        ("username", "Admin"),
        ("username", 7),
        ("email", "alice"),
        ("email", None),
        ("password", "short"),
        ("password", "Alice-the-first"),
        ("password", ["a paddle", "a ball"]),
    ]
    for field, value in malformed:
        answer = await auth.register("Alice-the-First", **{field: value})
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {field}
    assert await auth.rows("SELECT id FROM accounts") == []


async def test_a_body_that_is_no_object_is_refused(auth: Auth) -> None:
    for body in (b"", b"{", b"[]", b"null", b'"Alice"', b'{"username": "\\ud800"}'):
        answer = await auth.client.post("/api/user/register", content=body)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_second_account_with_the_same_name_is_refused(auth: Auth) -> None:
    await auth.register("Alice")
    for spelling in ("Alice", "aLICE", "Ａlice"):
        answer = await auth.register(spelling, email="else@example.org")
        assert refusal(answer) == (409, "name_taken")
        assert set(errors_of(answer)) == {"username"}


async def test_an_unverified_account_expires_in_a_week(auth: Auth) -> None:
    await auth.register("Alice")
    [(expires_at, verified_at)] = await auth.rows(
        "SELECT expires_at, email_verified_at FROM accounts"
    )
    assert expires_at - auth.clock.now == timedelta(days=7)
    assert verified_at is None


async def test_a_mail_with_a_link_is_sent_to_the_address(auth: Auth) -> None:
    await auth.register("Alice", email="Alice@Example.org")
    [letter] = await auth.letters("Alice@Example.org")
    assert isinstance(letter, VerifyAddress)
    assert letter.username == "Alice"
    stored = str(await auth.rows("SELECT mail_links::text, digest FROM mail_links"))
    assert letter.token not in stored


async def test_the_address_is_stored_as_the_mail_is_addressed(auth: Auth) -> None:
    """The link proves the mailbox that it was sent to, not one that is
    equal only after normalisation."""
    await auth.register("Alice", email="\uff41lice@example.org")
    assert await auth.rows("SELECT email, email_key FROM accounts") == [
        ("alice@example.org", "alice@example.org")
    ]
    assert await kinds(auth, "alice@example.org") == ["VerifyAddress"]


async def test_answers_for_known_and_unknown_addresses_are_alike(auth: Auth) -> None:
    await verified(auth, "Alice")
    known = await auth.register("Bob", email="alice@EXAMPLE.org")
    unknown = await auth.register("Charlie", email="nobody@example.org")
    assert known.status_code == unknown.status_code == 201
    assert set(known.headers) == set(unknown.headers)
    assert set(known.json()) == set(unknown.json()) == {"id", "username"}
    bob, charlie = await auth.sign_in("Bob"), await auth.sign_in("Charlie")
    assert bob.status_code == charlie.status_code == 200
    seen = [
        (await auth.get("/me", answer.json()["access_token"])).json() for answer in (bob, charlie)
    ]
    for each in seen:
        del each["id"], each["username"], each["display_name"], each["email"]
    assert seen[0] == seen[1]


async def test_a_known_address_costs_the_same_statements(auth: Auth) -> None:
    await verified(auth, "Alice")
    counts = []
    for name, email in (("Bob", "alice@example.org"), ("Charlie", "nobody@example.org")):
        with counting_statements(auth) as statements:
            await auth.register(name, email=email)
        counts.append(statements)
    assert counts[0] == counts[1]


async def test_the_owner_of_a_known_address_is_mailed_without_a_link(auth: Auth) -> None:
    await verified(auth, "Alice")
    await auth.register("Bob", email="alice@example.ORG")
    assert await kinds(auth, "Alice@example.org") == ["VerifyAddress", "AddressKnown"]
    assert await kinds(auth, "alice@example.org") == []
    assert (await newest(auth, "Alice@example.org", AddressKnown)).username == "Alice"


async def test_unverified_accounts_may_share_an_address(auth: Auth) -> None:
    for name in ("Alice", "Bob"):
        assert (await auth.register(name, email="alice@example.org")).status_code == 201
    assert await kinds(auth, "alice@example.org") == ["VerifyAddress", "VerifyAddress"]


async def test_mails_to_one_address_are_limited(auth: Auth) -> None:
    answers = [
        await auth.register(f"Alice-{i}", email=email)
        for i, email in enumerate(["alice@example.org", "ALICE@example.org"] * 4)
    ]
    assert [answer.status_code for answer in answers] == [201] * 6 + [429] * 2
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert answers[-1].headers["retry-after"] == "60"
    assert (await auth.register("Bob")).status_code == 201
    auth.clock.advance(seconds=60)
    assert (await auth.register("Alice-9", email="alice@example.org")).status_code == 201


async def test_accounts_from_one_address_are_limited(auth: Auth) -> None:
    limit = budgets.registrations_from("192.0.2.7")
    for _ in range(limit.free):
        await Throttles(auth.db).count_attempt(auth.clock.now, limit)
    answers = [
        await auth.client.post(
            "/api/user/register",
            json={"username": name, "email": f"{name}@example.org", "password": PASSWORD},
            headers={"X-Real-IP": place},
        )
        for name, place in (
            ("Alice", "192.0.2.7"),
            ("Alicia", "192.0.2.7"),
            ("Bob", "192.0.2.8"),
        )
    ]
    assert [answer.status_code for answer in answers] == [201, 429, 201]


async def test_an_invalid_registration_counts_before_it_is_checked(auth: Auth) -> None:
    """Checking a password occupies a shared thread."""
    limit = budgets.registrations_from("127.0.0.1")
    for _ in range(limit.free):
        await Throttles(auth.db).count_attempt(auth.clock.now, limit)
    assert (await auth.register("Alice", password="password1234")).status_code == 400
    answer = await auth.register("Alice", password="password1234")
    assert refusal(answer) == (429, "too_many_attempts")
    # No mail was sent, so only one throttle has a row.
    assert await auth.rows("SELECT count(*) FROM throttles") == [(1,)]


async def test_a_guessable_password_is_refused_with_a_reason(auth: Auth) -> None:
    for password, reason in (
        ("password1234", "common passwords"),
        ("Transcendence1", "your name, your address or ours"),
        ("Alice-1984", "your name, your address or ours"),
        ("abcdefghijkl", "is a simple sequence"),
    ):
        answer = await auth.register("Alice", password=password)
        assert answer.status_code == 400
        assert reason in errors_of(answer)["password"]


async def test_a_taken_name_does_not_reveal_whether_the_address_is_known(auth: Auth) -> None:
    await auth.register("Alice", email="alice@example.org")
    known = await auth.register("Alice", email="alice@example.org")
    unknown = await auth.register("Alice", email="nobody@example.org")
    assert known.json() == unknown.json()


async def test_exactly_one_of_many_parallel_registrations_gets_the_name(
    parallel_auth: Auth,
) -> None:
    answers = await asyncio.gather(
        *(parallel_auth.register("Alice", email=f"a{i}@example.org") for i in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert await parallel_auth.rows("SELECT count(*) FROM accounts") == [(1,)]


async def test_another_site_cannot_register_an_account(auth: Auth) -> None:
    answer = await auth.client.post(
        "/api/user/register", json={}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


@contextmanager
def counting_statements(auth: Auth) -> Iterator[list[str]]:
    """Collect the statements that the service sends to its database, without values."""
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        # Savepoints belong to the transaction that the test rolls back.
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    engine = auth.db.get_engine().sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
