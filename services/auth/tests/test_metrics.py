from services.auth.tests.connected_services import ConnectedServices
from tests.fixtures.scrapes import ask_nonsense, missing, series_of


async def test_all_documented_metrics_exist(connected: ConnectedServices) -> None:
    client = connected.auth.client
    assert (await client.get("/api/user/oauth/providers")).status_code == 200
    assert await missing(client, "auth") == set()
    assert ("database_pool_size", frozenset({("pool", "auth")})) in await series_of(client)


async def test_each_topic_of_the_outbox_has_metrics(connected: ConnectedServices) -> None:
    topics = {
        dict(labels)["topic"]
        for name, labels in await series_of(connected.auth.client, "outbox_oldest")
        if name == "outbox_oldest_waiting_seconds"
    }
    assert {"mail", "reset-request", "player-events.history", "player-ties"} <= topics


async def test_unknown_addresses_and_methods_add_no_series(connected: ConnectedServices) -> None:
    client = connected.auth.client
    addresses = {"known": "/api/user/login", "by_id": "/api/user/avatars/{id}/512.webp"}
    word = await ask_nonsense(client, **addresses)
    before = await series_of(client, "http_")
    assert word not in str(before)
    await ask_nonsense(client, **addresses)
    assert await series_of(client, "http_") == before
