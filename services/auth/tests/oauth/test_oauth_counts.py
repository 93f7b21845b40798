"""An operator sees who signs in through a provider, and whether the provider is to blame where nobody does."""

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
def test_every_end_of_a_visit_is_there_before_it_happens(provider: str) -> None:
    for result in (*OUTCOMES, *REFUSALS):
        labels = {"provider": provider, "result": result}
        assert REGISTRY.get_sample_value("auth_oauth_visits_total", labels) is not None, result


async def test_newcomers_and_those_who_come_again_are_signed_in(visits: Visits) -> None:
    before = sign_ins("oauth")
    await visits.visit(ALICE)
    await visits.visit(ALICE)
    assert sign_ins("oauth") - before == {"success": 2}


async def test_who_is_asked_for_a_second_factor_is_counted_so(visits: Visits) -> None:
    alice = Browser(visits.auth, tokens=await visits.member("Alice"))
    before = sign_ins("oauth")
    await visits.visit(ALICE, "github", "link", alice.tokens["access_token"])
    await with_two_factor(alice)
    assert sign_ins("oauth") == before
    await visits.visit(ALICE)
    assert sign_ins("oauth") - before == {"challenged": 1}


async def test_who_is_refused_is_told_from_a_provider_that_fails(visits: Visits) -> None:
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


async def test_who_fails_to_link_has_not_failed_to_sign_in(visits: Visits) -> None:
    alice = await visits.member("Alice")
    before = sign_ins("oauth")
    visits.providers.lies[GITHUB_TOKEN] = raw(b"Oops", 503)
    answer = await visits.visit(ALICE, "github", "link", alice["access_token"])
    assert answer.status_code == 503
    assert sign_ins("oauth") == before


async def test_who_sets_out_too_often_is_counted(visits: Visits) -> None:
    before = sign_ins("oauth")
    limit = budgets.oauth_visits(HERE)
    for _ in range(limit.free + 1):
        await Throttles(visits.auth.db).attempt(visits.auth.clock.now, limit)
    assert (await visits.start()).status_code == 429
    assert sign_ins("oauth") - before == {"throttled": 1}


async def test_a_provider_that_fails_before_anybody_sets_out_is_counted(
    auth_database: ServiceDatabase,
) -> None:
    gone = StandInProviders()
    before = sign_ins("oauth")
    settings = settings_with(auth_database.url, gone)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        assert (await Visits(auth, gone).start("google")).status_code == 503
    assert sign_ins("oauth") - before == {"provider_failed": 1}
