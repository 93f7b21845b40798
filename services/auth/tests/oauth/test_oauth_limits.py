"""Limits on starting visits, since each one is stored as a row."""

from auth.throttling import budgets
from auth.throttling.service import Throttles
from services.auth.tests.oauth.visitors import Visits
from tests.fixtures.clients import refusal

HERE = "127.0.0.1"


async def test_visits_from_one_address_are_limited(visits: Visits) -> None:
    auth, limit = visits.auth, budgets.oauth_visits_from(HERE)
    for _ in range(limit.free):
        await Throttles(auth.db).count_attempt(auth.clock.now, limit)
    assert (await visits.start()).status_code == 200
    refused = await visits.start()
    assert refusal(refused) == (429, "too_many_attempts")
    assert refused.headers["retry-after"] == "1"
    assert await auth.rows("SELECT count(*) FROM oauth_flows") == [(1,)]
    auth.clock.advance(seconds=1)
    assert (await visits.start("42")).status_code == 200


async def test_an_unconfigured_provider_does_not_count_as_an_attempt(visits: Visits) -> None:
    assert (await visits.start("nobody")).status_code == 404
    assert await visits.auth.rows("SELECT * FROM throttles") == []
