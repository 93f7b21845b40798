import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from auth.security_log import actions
from auth.sessions.live import CONFIRMED_FOR
from services.auth.tests.oauth.visitors import ALICE, BOB, PROVIDERS, Visits, unverified
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal
from tests.stand_ins.providers import GITHUB_EMAILS, meanwhile, says

JUST_OVER = CONFIRMED_FOR.total_seconds() + 1


async def link(visits: Visits, token: str, provider: str = "github") -> httpx.Response:
    return await visits.visit(ALICE, provider, "link", token)


async def recent(visits: Visits, username: str = "Alice") -> str:
    token: str = (await visits.member(username))["access_token"]
    return token


async def no_longer_recent(visits: Visits, tokens: dict[str, Any]) -> str:
    """Let the session become too old for confirmed actions; return its renewed token."""
    visits.auth.clock.advance(seconds=JUST_OVER)
    token: str = (await visits.auth.renew(tokens["refresh_token"])).json()["access_token"]
    return token


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_linked_identity_signs_in_to_the_account(visits: Visits, provider: str) -> None:
    token = await recent(visits)
    answer = await link(visits, token, provider)
    assert answer.status_code == 200
    assert answer.json() == {"result": "linked", "next": None, "tokens": None, "challenge": None}
    signed_in = await visits.visit(ALICE, provider)
    assert signed_in.json()["result"] == "signed_in"
    me = (await visits.auth.get("/me", signed_in.json()["tokens"]["access_token"])).json()
    assert me["username"] == "Alice"


async def test_linking_is_logged_and_mailed(visits: Visits) -> None:
    token = await recent(visits)
    await link(visits, token)
    letter = (await visits.auth.letters("Alice@example.org"))[-1]
    assert (letter.action, letter.detail) == (actions.IDENTITY_LINKED, "GitHub")  # type: ignore[union-attr]
    assert await visits.logged(actions.IDENTITY_LINKED) == [{"provider": "GitHub"}]


async def test_no_mail_is_sent_to_an_unverified_address(visits: Visits) -> None:
    token = (await visits.auth.signed_in("Alice"))["access_token"]
    before = len(await visits.auth.letters("Alice@example.org"))
    assert (await link(visits, token)).status_code == 200
    assert len(await visits.auth.letters("Alice@example.org")) == before


async def test_linking_needs_no_address_from_the_provider(visits: Visits) -> None:
    token = await recent(visits)
    answer = await visits.visit(unverified(ALICE), "github", "link", token)
    assert answer.json()["result"] == "linked"


async def test_linked_identities_are_listed_for_their_owner(visits: Visits) -> None:
    token = await recent(visits)
    await link(visits, token, "github")
    await link(visits, token, "google")
    items = await visits.identities(token)
    assert [(each["provider"], each["name"], each["label"]) for each in items] == [
        ("github", "GitHub", "alice-on-tour"),
        ("google", "Google", "alice@example.org"),
    ]
    assert all(each["linked_at"] for each in items)
    assert await visits.identities(await recent(visits, "Bob")) == []


async def test_the_user_has_to_choose_an_account_at_the_provider(visits: Visits) -> None:
    token = await recent(visits)
    for intent in ("link", "confirm"):
        for provider, asked in (("github", True), ("google", True), ("42", False)):
            address = (await visits.start(provider, intent, token)).json()["authorization_url"]
            assert ("prompt=select_account" in address) == asked


async def test_linking_needs_a_recent_session(visits: Visits) -> None:
    tokens = await visits.member()
    assert (await visits.start("github", "link")).json()["code"] == "not_signed_in"
    visits.auth.clock.advance(minutes=9)
    flow, back = await visits.agreed(ALICE, "github", "link", tokens["access_token"])
    visits.auth.clock.advance(seconds=JUST_OVER - 9 * 60)
    token = (await visits.auth.renew(tokens["refresh_token"])).json()["access_token"]
    answer = await visits.start("github", "link", token)
    assert refusal(answer) == (403, "confirmation_required")
    assert (await visits.finish(flow, back, token)).json()["result"] == "linked"


@pytest.mark.parametrize("intent", ["link", "confirm"])
async def test_an_ended_session_cannot_start_or_finish_a_visit(visits: Visits, intent: str) -> None:
    tokens = await visits.member()
    token = tokens["access_token"]
    flow, back = await visits.agreed(ALICE, "github", intent, token)
    await visits.auth.sign_out(tokens["refresh_token"])
    for answer in (
        await visits.start("github", intent, token),
        await visits.finish(flow, back, token),
    ):
        assert refusal(answer) == (401, "session_over")
    assert await visits.auth.rows("SELECT count(*) FROM identities") == [(0,)]
    assert visits.providers.asked == []


@pytest.mark.parametrize("intent", ["link", "confirm"])
async def test_only_the_session_that_started_a_visit_can_finish_it(
    visits: Visits, intent: str
) -> None:
    """An attacker who obtains the flow, or plants their own in another browser, links nothing."""
    token = await recent(visits)
    flow, back = await visits.agreed(ALICE, "github", intent, token)
    stranger = await recent(visits, "Bob")
    other_session = (await visits.auth.sign_in("Alice")).json()["access_token"]
    for other in (None, stranger, other_session):
        answer = await visits.finish(flow, back, other)
        assert refusal(answer) == (400, "oauth_refused")
    assert visits.providers.asked == []
    assert await visits.auth.rows("SELECT count(*) FROM identities") == [(0,)]


async def test_a_visit_to_sign_in_does_not_link(visits: Visits) -> None:
    token = await recent(visits)
    flow, back = await visits.agreed(BOB)
    answer = await visits.finish(flow, back, token)
    assert answer.json()["result"] == "registered"
    assert await visits.identities(token) == []


async def test_an_identity_of_another_account_cannot_be_linked(visits: Visits) -> None:
    await visits.newcomer(ALICE)
    token = await recent(visits, "Bob")
    answer = await link(visits, token)
    assert refusal(answer) == (409, "identity_taken")
    assert await visits.identities(token) == []
    [refused] = visits.auth.log.of("identity-link")
    assert (refused["event.reason"], refused["labels.provider"]) == ("identity_taken", "github")


async def test_only_one_identity_per_provider_can_be_linked(visits: Visits) -> None:
    token = await recent(visits)
    await link(visits, token)
    for person in (ALICE, BOB):
        answer = await visits.visit(person, "github", "link", token)
        assert refusal(answer) == (409, "already_linked")
    assert len(await visits.identities(token)) == 1


async def test_one_identity_is_linked_to_one_of_several_parallel_accounts(
    parallel_visits: Visits,
) -> None:
    visits = parallel_visits
    tokens = [await recent(visits, name) for name in ("Alice", "Bob", "Charlie")]
    provider_visits = [
        (await visits.agreed(ALICE, "github", "link", token), token) for token in tokens
    ]
    answers = await asyncio.gather(
        *(visits.finish(flow, back, token) for (flow, back), token in provider_visits)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "identity_taken"}


async def test_one_account_links_one_of_several_parallel_identities(
    parallel_visits: Visits,
) -> None:
    visits = parallel_visits
    token = await recent(visits)
    people = [replace(ALICE, id=number) for number in range(1, 11)]
    provider_visits = [await visits.agreed(person, "github", "link", token) for person in people]
    answers = await asyncio.gather(
        *(visits.finish(flow, back, token) for flow, back in provider_visits)
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 9]
    assert len(await visits.identities(token)) == 1


async def test_a_session_that_ends_during_the_visit_links_nothing(visits: Visits) -> None:
    """The owner ends the session of an attacker who is just linking an identity."""
    token = await recent(visits)
    flow, back = await visits.agreed(ALICE, "github", "link", token)

    async def end_session() -> None:
        await visits.auth.execute(
            "UPDATE sessions SET ended_at = renewed_at, end_reason = 'revoked'"
        )

    visits.providers.lies[GITHUB_EMAILS] = meanwhile(end_session, says([]))
    answer = await visits.finish(flow, back, token)
    assert refusal(answer) == (401, "session_over")
    assert await visits.auth.rows("SELECT count(*) FROM identities") == [(0,)]


async def test_confirming_makes_the_session_recent(visits: Visits) -> None:
    tokens = await visits.member()
    await link(visits, tokens["access_token"])
    token = await no_longer_recent(visits, tokens)
    assert (await visits.unlink("github", token)).json()["code"] == "confirmation_required"
    answer = await visits.visit(ALICE, "github", "confirm", token)
    assert answer.json() == {
        "result": "confirmed",
        "next": None,
        "tokens": None,
        "challenge": None,
    }
    assert await visits.logged(actions.CONFIRMED) == [{"method": "oauth:github"}]
    assert (await visits.unlink("github", token)).status_code == 204


@pytest.mark.parametrize("stranger_has_an_account", [True, False])
async def test_only_the_accounts_own_identity_confirms(
    visits: Visits, stranger_has_an_account: bool
) -> None:
    tokens = await visits.member()
    await link(visits, tokens["access_token"])
    if stranger_has_an_account:
        await visits.newcomer(BOB)
    token = await no_longer_recent(visits, tokens)
    answer = await visits.visit(BOB, "github", "confirm", token)
    assert refusal(answer) == (400, "oauth_refused")
    assert await visits.logged(actions.CONFIRMATION_FAILED) == [{"method": "oauth:github"}]
    refused = visits.auth.log.of("user-confirm")[-1]
    assert (refused["event.outcome"], refused["event.reason"]) == ("failure", "oauth_refused")
    assert (await visits.unlink("github", token)).json()["code"] == "confirmation_required"
    assert len(await visits.identities(token)) == 1


async def test_confirming_needs_a_session(visits: Visits) -> None:
    assert (await visits.start("github", "confirm")).json()["code"] == "not_signed_in"


async def test_an_unlinked_identity_cannot_sign_in(visits: Visits) -> None:
    token = await recent(visits)
    await link(visits, token)
    assert (await visits.unlink("github", token)).status_code == 204
    assert await visits.identities(token) == []
    assert (await visits.visit(replace(ALICE, email="Alice@example.org"))).json()["code"] == (
        "account_exists"
    )
    assert await visits.logged(actions.IDENTITY_UNLINKED) == [{"provider": "GitHub"}]
    letter = (await visits.auth.letters("Alice@example.org"))[-1]
    assert letter.action == actions.IDENTITY_UNLINKED  # type: ignore[union-attr]


async def test_unlinking_twice_is_not_found(visits: Visits) -> None:
    token = await recent(visits)
    await link(visits, token)
    await visits.unlink("github", token)
    for provider in ("github", "google", "gitlab", "%00"):
        answer = await visits.unlink(provider, token)
        assert refusal(answer) == (404, "no_such_identity")


async def test_the_last_sign_in_method_cannot_be_unlinked(visits: Visits) -> None:
    token = (await visits.newcomer(ALICE))["access_token"]
    answer = await visits.unlink("github", token)
    assert refusal(answer) == (409, "last_way_in")
    assert len(await visits.identities(token)) == 1
    assert await visits.logged(actions.IDENTITY_UNLINKED) == []


async def test_a_passkey_or_another_identity_counts_as_a_sign_in_method(visits: Visits) -> None:
    token = (await visits.newcomer(ALICE))["access_token"]
    await link(visits, token, "google")
    assert (await visits.unlink("github", token)).status_code == 204
    assert (await visits.unlink("google", token)).json()["code"] == "last_way_in"
    await _add_passkey(visits.auth)
    assert (await visits.unlink("google", token)).status_code == 204


async def test_of_two_identities_unlinked_in_parallel_one_remains(parallel_visits: Visits) -> None:
    visits = parallel_visits
    token = (await visits.newcomer(ALICE))["access_token"]
    await link(visits, token, "google")
    for _ in range(10):
        answers = await asyncio.gather(
            *(visits.unlink(provider, token) for provider in ("github", "google") * 5)
        )
        assert [answer.status_code for answer in answers].count(204) == 1
        [left] = await visits.identities(token)
        missing = "github" if left["provider"] == "google" else "google"
        await link(visits, token, missing)


async def test_parallel_linking_and_unlinking_cause_no_deadlock(parallel_visits: Visits) -> None:
    visits = parallel_visits
    token = await recent(visits)
    await link(visits, token)
    for _ in range(5):
        provider_visits = [await visits.agreed(ALICE, "github", "link", token) for _ in range(4)]
        answers = await asyncio.gather(
            *(visits.unlink("github", token) for _ in range(4)),
            *(visits.finish(flow, back, token) for flow, back in provider_visits),
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 404, 409}


async def test_of_an_identity_and_a_passkey_removed_in_parallel_one_remains(
    parallel_visits: Visits,
) -> None:
    visits = parallel_visits
    token = (await visits.newcomer(ALICE))["access_token"]
    passkey_id = await _add_passkey(visits.auth)
    answers = await asyncio.gather(
        visits.unlink("github", token),
        visits.auth.client.delete(
            f"/api/user/passkeys/{passkey_id}", headers={"Authorization": f"Bearer {token}"}
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    ways = "SELECT (SELECT count(*) FROM identities) + (SELECT count(*) FROM passkeys)"
    assert await visits.auth.rows(ways) == [(1,)]


async def _add_passkey(auth: Auth) -> str:
    await auth.execute(
        "INSERT INTO passkeys (id, account_id, credential_id, public_key, sign_count, name, created_at)"
        " SELECT gen_random_uuid(), id, 'x', 'x', 0, 'Key', created_at FROM accounts"
    )
    [(passkey_id,)] = await auth.rows("SELECT id FROM passkeys")
    return str(passkey_id)
