import httpx


async def test_requests_are_counted_by_route_template(client: httpx.AsyncClient) -> None:
    await client.get("/notes/41")
    await client.get("/notes/42")
    text = (await client.get("/metrics")).text
    assert (
        'http_requests_total{app_name="sample",method="GET",path="/notes/{note_id}",status_code="200"}'
        in text
    )
    assert "/notes/42" not in text


async def test_an_unknown_route_makes_no_label(client: httpx.AsyncClient) -> None:
    await client.get("/made-up-address")
    assert "made-up-address" not in (await client.get("/metrics")).text


async def test_probes_are_not_counted(client: httpx.AsyncClient) -> None:
    await client.get("/health/live")
    text = (await client.get("/metrics")).text
    assert "/health" not in text
    assert 'path="/metrics"' not in text
