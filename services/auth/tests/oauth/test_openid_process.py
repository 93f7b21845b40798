"""Sign-in through a real OpenID provider in its own process, configured as Google."""

from collections.abc import AsyncGenerator

import pytest

from services.auth.tests.service_under_test import Auth, running, settings_for
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.provider import OpenIdProcess


@pytest.fixture
async def auth(
    auth_database: ServiceDatabase, openid_provider: OpenIdProcess
) -> AsyncGenerator[Auth, None]:
    environment = {name.lower(): value for name, value in openid_provider.environment.items()}
    settings = settings_for(auth_database.url, **environment)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        yield auth


async def visit(auth: Auth, provider: OpenIdProcess, subject: str) -> dict[str, object]:
    path = "/api/user/oauth/google/start"
    started = (await auth.client.post(path, json={"intent": "sign_in"})).json()
    back = provider.agree(started["authorization_url"], subject)
    answer = await auth.client.post(
        "/api/user/oauth/finish", json={"provider": "google", "flow": started["flow"], **back}
    )
    finished: dict[str, object] = answer.json()
    return finished


async def test_a_person_with_a_verified_address_registers_and_signs_in_again(
    auth: Auth, openid_provider: OpenIdProcess
) -> None:
    openid_provider.add_person(
        "alice-at-google", email="alice@example.org", email_verified=True, given_name="Alice"
    )
    assert (await visit(auth, openid_provider, "alice-at-google"))["result"] == "registered"
    assert (await visit(auth, openid_provider, "alice-at-google"))["result"] == "signed_in"
    assert await auth.rows("SELECT username, email FROM accounts") == [
        ("Alice", "alice@example.org")
    ]
    assert await auth.rows("SELECT subject, label FROM identities") == [
        ("alice-at-google", "alice@example.org")
    ]


async def test_a_person_with_an_unverified_address_is_refused(
    auth: Auth, openid_provider: OpenIdProcess
) -> None:
    assert (await visit(auth, openid_provider, "bob@example.org"))["code"] == "email_unverified"


async def test_a_code_works_once(auth: Auth, openid_provider: OpenIdProcess) -> None:
    openid_provider.add_person("charlie", email="charlie@example.org", email_verified=True)
    path = "/api/user/oauth/google/start"
    first, second = [
        (await auth.client.post(path, json={"intent": "sign_in"})).json() for _ in range(2)
    ]
    back = openid_provider.agree(first["authorization_url"], "charlie")
    others = openid_provider.agree(second["authorization_url"], "charlie")
    for started, returned, status in (
        (first, back, 200),
        # The state of the second visit with the code of the first.
        (second, {**others, "code": back["code"]}, 400),
    ):
        answer = await auth.client.post(
            "/api/user/oauth/finish",
            json={"provider": "google", "flow": started["flow"], **returned},
        )
        assert answer.status_code == status


async def test_a_person_who_denies_consent_returns_without_a_code(
    auth: Auth, openid_provider: OpenIdProcess
) -> None:
    path = "/api/user/oauth/google/start"
    started = (await auth.client.post(path, json={"intent": "sign_in"})).json()
    assert openid_provider.deny(started["authorization_url"])["error"] == "access_denied"
