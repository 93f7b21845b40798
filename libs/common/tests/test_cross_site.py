import json

import httpx
import pytest
from litestar import WebSocket, websocket
from litestar.datastructures import State
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.fixtures.cast import KEY
from tests.fixtures.sockets import served
from transcendence_common.app import create_app
from transcendence_common.settings import Settings

NOTE = {"text": "hello", "stars": 5}
HOST = "service.test"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": f"https://{HOST}"}, False),
        ({"Origin": f"https://{HOST}"}, True),
        ({"Origin": f"https://{HOST}:444"}, False),
        ({"Origin": "https://evil.test"}, False),
        ({"Origin": f"https://evil.test/{HOST}"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "https://[evil"}, False),
        ({"Origin": f"https://a]{HOST}"}, False),
    ],
)
async def test_an_unsafe_request_must_come_from_this_site(
    client: httpx.AsyncClient, headers: dict[str, str], allowed: bool
) -> None:
    answer = await client.post("/notes", json=NOTE, headers=headers)
    assert answer.status_code == (201 if allowed else 403)
    if not allowed:
        assert answer.json()["code"] == "cross_site"


async def test_reading_is_open_to_links_from_anywhere(client: httpx.AsyncClient) -> None:
    answer = await client.get("/notes/1", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


@websocket("/play")
async def play(socket: WebSocket[None, None, State]) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "{own}"}, True),
        ({"Origin": "https://evil.test"}, False),
        ({"Origin": "null"}, False),
    ],
)
async def test_a_socket_must_come_from_this_site(headers: dict[str, str], allowed: bool) -> None:
    app = create_app("sample", Settings(environment="test"), features=[play], keys=KEY)
    async with served(app) as url:
        sent = {name: value.replace("{own}", url) for name, value in headers.items()}
        opening = connect(f"{url.replace('http', 'ws', 1)}/play", additional_headers=sent)
        if allowed:
            async with opening as socket:
                assert await socket.recv() == "hello"
            return
        with pytest.raises(InvalidStatus) as refused:
            await opening
        assert refused.value.response.status_code == 403
        assert json.loads(refused.value.response.body)["code"] == "cross_site"
