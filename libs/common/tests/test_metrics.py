import httpx

from tests.fixtures.scrapes import ask_nonsense, series_of


async def test_requests_are_counted_by_route_template(client: httpx.AsyncClient) -> None:
    await client.get("/notes/41")
    await client.get("/notes/42")
    text = (await client.get("/metrics")).text
    assert (
        'http_requests_total{app_name="sample",method="GET",path="/notes/{note_id}",status_code="200"}'
        in text
    )
    assert "/notes/42" not in text


async def test_unknown_addresses_and_methods_add_no_series(client: httpx.AsyncClient) -> None:
    addresses = {"known": "/notes", "by_id": "/notes/{id}"}
    word = await ask_nonsense(client, **addresses)
    before = await series_of(client, "http_")
    assert word not in str(before)
    await ask_nonsense(client, **addresses)
    assert await series_of(client, "http_") == before


async def test_only_server_errors_count_as_errors(client: httpx.AsyncClient) -> None:
    for path in ("/bug", "/away", "/taken"):
        await client.get(path)
    errors = {
        dict(labels)["path"]: dict(labels)["status_code"]
        for name, labels in await series_of(client, "http_requests_error")
        if name == "http_requests_error_total" and dict(labels)["app_name"] == "sample"
    }
    assert (errors["/bug"], errors["/away"]) == ("500", "503")
    assert "/taken" not in errors


async def test_a_restart_is_visible_by_the_start_time(client: httpx.AsyncClient) -> None:
    assert ("process_start_time_seconds", frozenset()) in await series_of(client, "process_")


async def test_probes_are_not_counted(client: httpx.AsyncClient) -> None:
    await client.get("/health/live")
    text = (await client.get("/metrics")).text
    assert "/health" not in text
    assert 'path="/metrics"' not in text
