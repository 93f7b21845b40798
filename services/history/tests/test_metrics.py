from collections import Counter

import httpx
from prometheus_client import REGISTRY

from history.errors import LOG_REFUSALS
from services.history.tests.arcade import Arcade
from services.history.tests.hotseat import ask_for_ticket, ticket_of
from tests.fixtures.cast import ALICE
from tests.fixtures.scrapes import ask_nonsense, missing, series_of

MODES = ("ai", "local", "hotseat")


async def test_all_documented_metrics_exist(busy_arcade: Arcade) -> None:
    await busy_arcade.listed(ALICE)
    assert await missing(busy_arcade.client, "history") == set()
    series = await series_of(busy_arcade.client)
    assert ("database_pool_size", frozenset({("pool", "history")})) in series


async def test_counters_exist_before_their_first_event(client: httpx.AsyncClient) -> None:
    series = await series_of(client)
    for reason in ("ticket_forged", "same_player", *(each.code for each in LOG_REFUSALS.values())):
        assert ("history_matches_refused_total", frozenset({("reason", reason)})) in series
    for mode in (*MODES, "online"):
        assert ("history_matches_stored_total", frozenset({("mode", mode)})) in series


async def test_each_ticket_counts_as_a_match_begun(arcade: Arcade) -> None:
    before = _issued()
    await arcade.ticket(ALICE)
    await arcade.ticket(ALICE, "local")
    await ticket_of(arcade, ALICE)
    assert _issued() - before == dict.fromkeys(MODES, 1)


async def test_a_refused_ticket_is_not_counted(arcade: Arcade) -> None:
    before = _issued()
    asked = {"mode": "ai", "level": "unheard-of", "points": 5}
    answer = await arcade.client.post("/api/history/tickets", json=asked, headers=ALICE.headers)
    assert answer.status_code == 400
    assert (await arcade.client.post("/api/history/tickets", json=asked)).status_code == 401
    assert (await ask_for_ticket(arcade, ALICE, left_name="")).status_code == 400
    assert _issued() == before


async def test_unknown_addresses_and_methods_add_no_series(client: httpx.AsyncClient) -> None:
    addresses = {"known": "/api/history/matches", "by_id": "/api/history/matches/{id}"}
    word = await ask_nonsense(client, **addresses)
    before = await series_of(client, "http_")
    assert word not in str(before)
    await ask_nonsense(client, **addresses)
    assert await series_of(client, "http_") == before


def _issued() -> Counter[str]:
    name = "history_tickets_issued_total"
    return Counter(
        {mode: int(REGISTRY.get_sample_value(name, {"mode": mode}) or 0) for mode in MODES}
    )
