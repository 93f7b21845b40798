"""Metrics of sign-ins through providers, which distinguish refusals
from failures of the provider."""

import pytest
from prometheus_client import REGISTRY

from auth.throttling import budgets
from auth.throttling.service import Throttles
from services.auth.tests.browsers import Browser, with_two_factor
from services.auth.tests.counted import sign_ins
from services.auth.tests.oauth.visitors import ALICE, BOB, Visits, settings_with, without_address
from services.auth.tests.service_under_test import running
from tests.fixtures.databases import ServiceDatabase
from tests.stand_ins.providers import GITHUB_TOKEN, GITHUB_USER, StandInProviders, raw, says

HERE = "127.0.0.1"
REFUSALS = (
    "oauth_refused",
    "session_over",
    "email_unverified",
    "account_exists",
    "identity_taken",
    "already_linked",
    "provider_down",
    "provider_lied",
)
OUTCOMES = ("signed_in", "registered", "two_factor", "linked", "confirmed")


@pytest.mark.usefixtures("visits")
@pytest.mark.parametrize("provider", ["42", "github", "google"])
def test_every_result_of_a_visit_has_a_counter_from_the_start(provider: str) -> None:
    for result in (*OUTCOMES, *REFUSALS):
        labels = {"provider": provider, "result": result}
        assert REGISTRY.get_sample_value("auth_oauth_visits_total", labels) is not None, result


async def test_new_and_returning_players_count_as_success(visits: Visits) -> None:
    before = sign_ins("oauth")
    await visits.visit(ALICE)
    await visits.visit(ALICE)
    assert sign_ins("oauth") - before == {"success": 2}


async def test_a_visit_that_needs_a_second_factor_counts_as_challenged(visits: Visits) -> None:
    alice = Browser(visits.auth, tokens=await visits.member("Alice"))
    before = sign_ins("oauth")
    await visits.visit(ALICE, "github", "link", alice.tokens["access_token"])
    await with_two_factor(alice)
    assert sign_ins("oauth") == before
    await visits.visit(ALICE)
    assert sign_ins("oauth") - before == {"challenged": 1}


async def test_refused_visits_and_failing_providers_are_counted_separately(visits: Visits) -> None:
    before = sign_ins("oauth")
    await visits.visit(without_address(BOB))
    visits.providers.lies[GITHUB_TOKEN] = raw(b"Oops", 503)
    await visits.visit(ALICE)
    visits.providers.lies[GITHUB_TOKEN] = says({"error": "bad_verification_code"})
    await visits.visit(ALICE)
    visits.providers.lies.clear()
    visits.providers.lies[GITHUB_USER] = raw(b"<html>")
    await visits.visit(ALICE)
    assert sign_ins("oauth") - before == {"refused": 2, "provider_failed": 2}


async def test_a_failed_link_does_not_count_as_a_failed_sign_in(visits: Visits) -> None:
    alice = await visits.member("Alice")
    before = sign_ins("oauth")
    visits.providers.lies[GITHUB_TOKEN] = raw(b"Oops", 503)
    answer = await visits.visit(ALICE, "github", "link", alice["access_token"])
    assert answer.status_code == 503
    assert sign_ins("oauth") == before


async def test_a_throttled_start_is_counted(visits: Visits) -> None:
    before = sign_ins("oauth")
    limit = budgets.oauth_visits_from(HERE)
    for _ in range(limit.free + 1):
        await Throttles(visits.auth.db).count_attempt(visits.auth.clock.now, limit)
    assert (await visits.start()).status_code == 429
    assert sign_ins("oauth") - before == {"throttled": 1}


async def test_a_provider_that_fails_at_the_start_is_counted(
    auth_database: ServiceDatabase,
) -> None:
    gone = StandInProviders()
    before = sign_ins("oauth")
    settings = settings_with(auth_database.url, gone)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        assert (await Visits(auth, gone).start("google")).status_code == 503
    assert sign_ins("oauth") - before == {"provider_failed": 1}
