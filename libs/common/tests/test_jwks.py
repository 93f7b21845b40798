import asyncio
from collections.abc import AsyncGenerator

import httpx
import pytest
from litestar import Litestar

from tests.fixtures.cast import ALICE, AUDIENCE, ISSUER, SigningKey
from tests.fixtures.clock import HandClock
from transcendence_common.identity import AccessTokens
from transcendence_common.jwks import REFETCH_SECONDS, JwksKeys
from transcendence_common.problems import NotSignedIn, Unavailable


class Auth:
    """Stands in for auth on a real socket: publishes `keys`, and counts the requests for them."""

    def __init__(self) -> None:
        self.keys: list[SigningKey] = []
        self.asked = 0
        self.is_failing = False
        self.url = ""
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        status = b"503 Service Unavailable" if self.is_failing else b"200 OK"
        body = httpx.Response(200, json={"keys": [key.public_jwk for key in self.keys]}).content
        writer.write(
            b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )
        writer.close()


@pytest.fixture
async def auth() -> AsyncGenerator[Auth, None]:
    auth = Auth()
    await auth.start()
    yield auth
    await auth.stop()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def tokens(auth: Auth, clock: HandClock) -> AsyncGenerator[AccessTokens, None]:
    keys = JwksKeys(auth.url, clock=clock.seconds)
    async with keys.lifespan(Litestar()):
        yield AccessTokens(keys, issuer=ISSUER, audience=AUDIENCE)


async def test_keys_are_fetched_once(auth: Auth, tokens: AccessTokens) -> None:
    auth.keys = [ALICE.key]
    players = await asyncio.gather(*(tokens.verify(ALICE.token) for _ in range(20)))
    assert {player.id for player in players} == {ALICE.id}
    assert auth.asked == 1


async def test_unknown_key_ids_cause_at_most_one_request_in_ten_seconds(
    auth: Auth, tokens: AccessTokens, clock: HandClock
) -> None:
    auth.keys = [ALICE.key]
    await tokens.verify(ALICE.token)
    rotated = SigningKey("rotated")
    auth.keys = [ALICE.key, rotated]
    with pytest.raises(NotSignedIn):
        await tokens.verify(rotated.sign(ALICE.claims()))
    clock.advance(seconds=REFETCH_SECONDS)
    assert (await tokens.verify(rotated.sign(ALICE.claims()))).id == ALICE.id
    assert auth.asked == 2


async def test_cached_keys_still_work_while_auth_is_down(
    auth: Auth, tokens: AccessTokens, clock: HandClock
) -> None:
    auth.keys = [ALICE.key]
    await tokens.verify(ALICE.token)
    await auth.stop()
    clock.advance(seconds=REFETCH_SECONDS)
    with pytest.raises(NotSignedIn):
        await tokens.verify(SigningKey("unknown").sign(ALICE.claims()))
    assert (await tokens.verify(ALICE.token)).id == ALICE.id


async def test_without_any_key_the_client_is_told_to_retry(
    auth: Auth, tokens: AccessTokens
) -> None:
    auth.keys = [ALICE.key]
    port = int(auth.url.rpartition(":")[2])
    await auth.stop()
    with pytest.raises(Unavailable):
        await tokens.verify(ALICE.token)
    await auth.start(port)
    assert (await tokens.verify(ALICE.token)).id == ALICE.id


async def test_requests_that_wait_for_the_first_keys_share_one_attempt(
    auth: Auth, tokens: AccessTokens
) -> None:
    """Otherwise each would wait for the timeouts of all earlier ones while auth hangs."""
    auth.is_failing = True
    found = await asyncio.gather(
        *(tokens.verify(ALICE.token) for _ in range(20)), return_exceptions=True
    )
    assert {type(error) for error in found} == {Unavailable}
    assert auth.asked == 1
