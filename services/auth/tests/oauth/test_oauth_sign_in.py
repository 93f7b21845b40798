import asyncio
from dataclasses import replace

import pytest

from auth.security_log import actions
from services.auth.tests.browsers import Browser, with_two_factor
from services.auth.tests.oauth.visitors import (
    ALICE,
    BOB,
    PROVIDERS,
    Visits,
    unverified,
    without_address,
)
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal

EACH_PROVIDER = pytest.mark.parametrize("provider", PROVIDERS)


@EACH_PROVIDER
async def test_a_new_identity_gets_an_account_without_a_password(
    visits: Visits, provider: str
) -> None:
    answer = await visits.visit(ALICE, provider)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    finished = answer.json()
    assert (finished["result"], finished["next"], finished["challenge"]) == (
        "registered",
        None,
        None,
    )
    account = (await visits.auth.get("/me", finished["tokens"]["access_token"])).json()
    assert account["username"] == "alice-on-tour"
    assert account["email"] == "alice@example.org"
    [(verified_at, expires_at, password)] = await visits.auth.rows(
        "SELECT email_verified_at, expires_at, password_hash FROM accounts"
    )
    assert (verified_at, expires_at, password) == (visits.auth.clock.now, None, None)
    assert await visits.logged(actions.REGISTERED) == [{"method": f"oauth:{provider}"}]
    assert await visits.logged(actions.SIGNED_IN) == [{"method": f"oauth:{provider}"}]


@EACH_PROVIDER
async def test_a_known_identity_signs_in_again(visits: Visits, provider: str) -> None:
    await visits.newcomer(ALICE, provider)
    # Name and address may change at the provider; the ID does not.
    answer = await visits.visit(replace(ALICE, login="renamed", email="new@example.org"), provider)
    assert answer.json()["result"] == "signed_in"
    assert await visits.auth.rows("SELECT username, email FROM accounts") == [
        ("alice-on-tour", "alice@example.org")
    ]


async def test_a_reused_login_with_another_id_is_another_person(visits: Visits) -> None:
    await visits.newcomer(ALICE)
    answer = await visits.visit(replace(BOB, login=ALICE.login))
    assert answer.json()["result"] == "registered"
    assert (await visits.auth.rows("SELECT count(*) FROM accounts")) == [(2,)]


async def test_the_same_id_at_another_provider_is_another_person(visits: Visits) -> None:
    await visits.newcomer(ALICE, "github")
    answer = await visits.visit(replace(BOB, id=ALICE.id), "42")
    assert answer.json()["result"] == "registered"


@pytest.mark.parametrize("provider", ["github", "google"])
async def test_an_address_that_the_provider_has_not_verified_opens_no_account(
    visits: Visits, provider: str
) -> None:
    answer = await visits.visit(unverified(ALICE), provider)
    assert refusal(answer) == (403, "email_unverified")
    assert await _nothing_is_there(visits.auth)


@EACH_PROVIDER
async def test_a_new_identity_without_an_address_is_refused(visits: Visits, provider: str) -> None:
    answer = await visits.visit(without_address(ALICE), provider)
    assert refusal(answer) == (403, "email_unverified")
    assert await _nothing_is_there(visits.auth)


async def test_a_new_identity_with_an_invalid_address_is_refused(visits: Visits) -> None:
    for email in ("alice", "alice\x00@example.org", '"alice"@example.org', "a" * 300):
        answer = await visits.visit(replace(ALICE, email=email))
        assert answer.json()["code"] == "email_unverified"


async def test_a_known_identity_needs_no_address(visits: Visits) -> None:
    await visits.newcomer(ALICE)
    assert (await visits.visit(without_address(ALICE))).json()["result"] == "signed_in"


@EACH_PROVIDER
async def test_an_identity_is_not_linked_by_address_alone(visits: Visits, provider: str) -> None:
    await visits.member("Alice")
    answer = await visits.visit(replace(ALICE, email="ALICE@Example.org"), provider)
    assert refusal(answer) == (409, "account_exists")
    assert await visits.auth.rows("SELECT count(*) FROM accounts") == [(1,)]
    assert await visits.auth.rows("SELECT count(*) FROM identities") == [(0,)]


async def test_an_unverified_account_does_not_reserve_its_address(visits: Visits) -> None:
    await visits.auth.register("Mallory", email="alice@example.org")
    answer = await visits.visit(ALICE)
    assert answer.json()["result"] == "registered"
    owners = await visits.auth.rows(
        "SELECT username FROM accounts WHERE email_key = 'alice@example.org' AND email_verified_at IS NOT NULL"
    )
    assert owners == [("alice-on-tour",)]


async def test_a_taken_name_gets_digits(visits: Visits) -> None:
    await visits.auth.register("ALICE-on-tour", email="other@example.org")
    await visits.newcomer(ALICE)
    [(username,)] = await visits.auth.rows(
        "SELECT username FROM accounts WHERE email = 'alice@example.org'"
    )
    assert username.startswith("alice-on-tour")
    assert username.removeprefix("alice-on-tour").isdigit()


async def test_an_identity_does_not_replace_the_second_factor(visits: Visits) -> None:
    alice = Browser(visits.auth, tokens=await visits.member("Alice"))
    await visits.visit(ALICE, "github", "link", alice.tokens["access_token"])
    app = await with_two_factor(alice)
    finished = (await visits.visit(ALICE)).json()
    assert (finished["result"], finished["tokens"]) == ("two_factor", None)
    assert finished["challenge"]["expires_in"] == 300
    answer = await alice.answer(finished["challenge"]["challenge"], app.code())
    assert answer.status_code == 200
    assert (await visits.logged(actions.SIGNED_IN))[-1]["method"] == "oauth:github"


async def test_a_new_device_of_a_known_identity_is_mailed(visits: Visits) -> None:
    await visits.newcomer(ALICE)
    visits.auth.client.headers["User-Agent"] = "something else"
    await visits.visit(ALICE)
    assert [type(letter).__name__ for letter in await visits.auth.letters("alice@example.org")] == [
        "NewDevice"
    ]


async def test_parallel_visits_of_one_identity_create_one_account(parallel_visits: Visits) -> None:
    visits = parallel_visits
    provider_visits = [await visits.agreed(ALICE) for _ in range(20)]
    answers = await asyncio.gather(*(visits.finish(flow, back) for flow, back in provider_visits))
    results = sorted(answer.json()["result"] for answer in answers)
    assert results == ["registered", *["signed_in"] * 19]
    assert await visits.auth.rows("SELECT count(*) FROM accounts") == [(1,)]


async def test_parallel_visits_with_different_addresses_create_one_account(
    parallel_visits: Visits,
) -> None:
    visits = parallel_visits
    people = [replace(ALICE, email=f"alice{number}@example.org") for number in range(10)]
    provider_visits = [await visits.agreed(person) for person in people]
    answers = await asyncio.gather(*(visits.finish(flow, back) for flow, back in provider_visits))
    assert sorted(answer.json()["result"] for answer in answers) == [
        "registered",
        *["signed_in"] * 9,
    ]
    assert await visits.auth.rows("SELECT count(*) FROM accounts") == [(1,)]


async def test_parallel_visits_at_two_providers_create_one_account(parallel_visits: Visits) -> None:
    visits = parallel_visits
    provider_visits = [(*await visits.agreed(ALICE, provider), provider) for provider in PROVIDERS]
    answers = await asyncio.gather(
        *(visits.finish(flow, back, provider=provider) for flow, back, provider in provider_visits)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert await visits.auth.rows("SELECT count(*) FROM accounts") == [(1,)]


async def test_parallel_visits_of_namesakes_get_different_names(parallel_visits: Visits) -> None:
    visits = parallel_visits
    people = [
        replace(ALICE, id=number, email=f"alice{number}@example.org") for number in range(1, 21)
    ]
    provider_visits = [await visits.agreed(person) for person in people]
    answers = await asyncio.gather(*(visits.finish(flow, back) for flow, back in provider_visits))
    assert {answer.json().get("result") for answer in answers} == {"registered"}
    names = await visits.auth.rows("SELECT username_key FROM accounts")
    assert len(set(names)) == 20


async def test_the_log_contains_neither_addresses_nor_tokens(visits: Visits) -> None:
    flow, back = await visits.agreed(ALICE)
    tokens = (await visits.finish(flow, back)).json()["tokens"]
    await visits.visit(replace(BOB, email="alice@example.org"))
    events = str(visits.auth.log.events)
    refused = visits.auth.log.of("user-login")[-1]
    assert (refused["labels.method"], refused["event.reason"]) == ("oauth:github", "account_exists")
    for secret in (flow, *back.values(), *map(str, tokens.values()), "@example.org", "a-secret-of"):
        if secret not in {"Bearer", "600"}:
            assert secret not in events


async def _nothing_is_there(auth: Auth) -> bool:
    return await auth.rows(
        "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM identities), (SELECT count(*) FROM sessions)"
    ) == [(0, 0, 0)]
