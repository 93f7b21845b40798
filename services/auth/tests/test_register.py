import asyncio
from uuid import UUID

from services.auth.tests.service_under_test import PASSWORD, Auth, errors_of


async def test_account_is_opened(auth: Auth) -> None:
    answer = await auth.register("Alice")
    assert answer.status_code == 201
    assert answer.json()["username"] == "Alice"
    assert UUID(answer.json()["id"]).version == 7
    assert set(answer.json()) == {"id", "username"}


async def test_password_is_stored_as_argon2id_only(auth: Auth) -> None:
    await auth.register("Alice")
    [row] = await auth.rows("SELECT accounts::text, password_hash FROM accounts")
    assert row[1].startswith("$argon2id$")
    assert PASSWORD not in row[0]


async def test_every_wrong_field_is_named_in_one_answer(auth: Auth) -> None:
    answer = await auth.client.post("/api/user/register", json={})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    errors = errors_of(answer)
    assert set(errors) == {"username", "email", "password"}
    assert all(sentence.endswith(".") for sentence in errors.values())


async def test_malformed_field_is_refused_and_nothing_stored(auth: Auth) -> None:
    malformed: list[tuple[str, object]] = [
        ("username", "<script>alert(1)</script>"),
        ("username", "Bob\x00"),
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


async def test_body_that_is_no_object_is_refused(auth: Auth) -> None:
    for body in (b"", b"{", b"[]", b"null", b'"Alice"', b'{"username": "\\ud800"}'):
        answer = await auth.client.post("/api/user/register", content=body)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


async def test_second_account_of_a_name_is_refused(auth: Auth) -> None:
    await auth.register("Alice")
    for spelling in ("Alice", "aLICE", "Ａlice"):
        answer = await auth.register(spelling, email="else@example.org")
        assert answer.status_code == 409
        assert answer.json()["code"] == "name_taken"
        assert set(errors_of(answer)) == {"username"}


async def test_second_account_of_an_address_is_refused(auth: Auth) -> None:
    await auth.register("Alice", email="alice@example.org")
    answer = await auth.register("Alicia", email="ALICE@Example.ORG")
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert set(errors_of(answer)) == {"email"}


async def test_taken_name_hides_whether_the_address_is_known(auth: Auth) -> None:
    await auth.register("Alice", email="alice@example.org")
    known = await auth.register("Alice", email="alice@example.org")
    unknown = await auth.register("Alice", email="nobody@example.org")
    assert known.json() == unknown.json()


async def test_of_many_at_once_exactly_one_gets_the_name(parallel_auth: Auth) -> None:
    answers = await asyncio.gather(
        *(parallel_auth.register("Alice", email=f"a{i}@example.org") for i in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert await parallel_auth.rows("SELECT count(*) FROM accounts") == [(1,)]


async def test_of_many_at_once_exactly_one_gets_the_address(parallel_auth: Auth) -> None:
    answers = await asyncio.gather(
        *(parallel_auth.register(f"Alice-{i}", email="alice@example.org") for i in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_other_site_cannot_register_people(auth: Auth) -> None:
    answer = await auth.client.post(
        "/api/user/register", json={}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
