from services.auth.tests.town import Town
from tests.fixtures.scrapes import ask_nonsense, missing, series_of


async def test_everything_that_the_contract_promises_is_there(town: Town) -> None:
    client = town.auth.client
    assert (await client.get("/api/user/oauth/providers")).status_code == 200
    assert await missing(client, "auth") == set()
    assert ("database_pool_size", frozenset({("pool", "auth")})) in await series_of(client)


async def test_each_topic_of_the_outbox_is_there(town: Town) -> None:
    topics = {
        dict(labels)["topic"]
        for name, labels in await series_of(town.auth.client, "outbox_oldest")
        if name == "outbox_oldest_waiting_seconds"
    }
    assert {"mail", "reset-request", "player-events.history", "player-ties"} <= topics


async def test_what_is_not_there_makes_no_series(town: Town) -> None:
    client = town.auth.client
    addresses = {"known": "/api/user/login", "by_id": "/api/user/avatars/{id}/512.webp"}
    word = await ask_nonsense(client, **addresses)
    before = await series_of(client, "http_")
    assert word not in str(before)
    await ask_nonsense(client, **addresses)
    assert await series_of(client, "http_") == before
