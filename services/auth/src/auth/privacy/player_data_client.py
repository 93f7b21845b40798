"""The services that keep something of our players: tells them about players, and asks them for what they keep."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import httpx
from litestar import Litestar

from auth.friends import relationships
from auth.privacy import erasure
from auth.privacy.erasure import RECEIVERS
from auth.sessions.service_tokens import ServiceTokenIssuer
from auth.signing_keys.errors import NoSigningKey
from transcendence_common.clock import Clock
from transcendence_common.http_client import service_client
from transcendence_common.outbox import Handler, NotNow, Route
from transcendence_common.player_events import PLAYER_EVENTS_PATH, RELATIONSHIPS_PATH
from transcendence_common.service_identity import INTERNAL_PATH
from transcendence_common.settings import Settings

ERASING_SECONDS = 30
"""A receiver forgets a long history before it answers; asked again meanwhile it would only wait for itself."""


class ServiceDown(Exception):
    """A service did not answer, or not as it should."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} does not answer")
        self.service = service


class PlayerDataClient:
    """Calls other services in auth's own name."""

    def __init__(self, urls: Mapping[str, str], issuer: ServiceTokenIssuer, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._clients = {
            name: service_client(urls[name], silence_seconds=ERASING_SECONDS) for name in RECEIVERS
        }

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Close the connections when the application stops."""
        async with AsyncExitStack() as open_clients:
            for client in self._clients.values():
                await open_clients.enter_async_context(client)
            yield

    def teller(self, service: str, path: str) -> Handler:
        """Return what delivers events to an address of one service."""

        async def tell(body: bytes) -> None:
            try:
                answer = await self._clients[service].post(
                    f"{INTERNAL_PATH}{path}",
                    content=body,
                    headers={"Content-Type": "application/json", **self._credentials(service)},
                )
            except (httpx.HTTPError, NoSigningKey) as error:
                raise NotNow(f"{service}: {type(error).__name__}") from error
            # Whatever it refuses, an operator mends; neither the right to be forgotten nor a block ends meanwhile.
            if not answer.is_success:
                raise NotNow(f"{service}: status {answer.status_code}")

        return tell

    async def ask_for_export(self, service: str, player_id: UUID) -> httpx.Response:
        """Return an answer whose body, a JSON document, has not been read yet; close it.

        Raises:
            NeighbourDown: there is none.
        """
        client = self._clients[service]
        try:
            request = client.build_request(
                "GET",
                f"{INTERNAL_PATH}/players/{player_id}/export",
                headers=self._credentials(service),
            )
            answer = await client.send(request, stream=True)
        except (httpx.HTTPError, NoSigningKey) as error:
            raise ServiceDown(service) from error
        if not answer.is_success:
            await answer.aclose()
            raise ServiceDown(service)
        return answer

    def _credentials(self, service: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.sign(service, self._clock())}"}


def player_event_routes(player_data_client: PlayerDataClient) -> dict[str, Route]:
    """Return the outbox's routes to each of them. Nothing is ever given up: who left is forgotten everywhere."""
    return {
        **{
            erasure.topic_of(service): Route(player_data_client.teller(service, PLAYER_EVENTS_PATH))
            for service in erasure.RECEIVERS
        },
        **{
            relationships.topic_of(service): Route(
                player_data_client.teller(service, RELATIONSHIPS_PATH)
            )
            for service in relationships.RECEIVERS
        },
    }


def urls_of(settings: Settings) -> dict[str, str]:
    """Return where each of them is."""
    return {"history": settings.history_url, "tournament": settings.tournament_url}
