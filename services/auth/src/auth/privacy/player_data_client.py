"""Calls the services that store data of players: sends them events and asks for exports."""

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
from transcendence_common.outbox import DeliveryHandler, DeliveryRoute, TemporaryFailure
from transcendence_common.player_events import PLAYER_EVENTS_PATH, RELATIONSHIPS_PATH
from transcendence_common.service_identity import INTERNAL_PATH
from transcendence_common.settings import Settings

ERASING_SECONDS = 30
"""Seconds for an erasure. A receiver deletes a long history before it answers, and a second request would only wait for
the first."""


class ServiceDown(Exception):
    """A service did not answer, or answered with an error."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} does not answer")
        self.service = service


class PlayerDataClient:
    """Calls other services with auth's own service token."""

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

    def event_delivery(self, service: str, path: str) -> DeliveryHandler:
        """Return a handler that delivers events to a path of one service."""

        async def tell(body: bytes) -> None:
            try:
                answer = await self._clients[service].post(
                    f"{INTERNAL_PATH}{path}",
                    content=body,
                    headers={
                        "Content-Type": "application/json",
                        **self._authorization_header(service),
                    },
                )
            except (httpx.HTTPError, NoSigningKey) as error:
                raise TemporaryFailure(f"{service}: {type(error).__name__}") from error
            # An operator must fix whatever the service rejects; until then the erasure or the block is retried.
            if not answer.is_success:
                raise TemporaryFailure(f"{service}: status {answer.status_code}")

        return tell

    async def ask_for_export(self, service: str, player_id: UUID) -> httpx.Response:
        """Request a service's export, and return the answer with its JSON body unread. The caller closes it.

        Raises:
            ServiceDown: the service did not answer, or answered with an error.
        """
        client = self._clients[service]
        try:
            request = client.build_request(
                "GET",
                f"{INTERNAL_PATH}/players/{player_id}/export",
                headers=self._authorization_header(service),
            )
            answer = await client.send(request, stream=True)
        except (httpx.HTTPError, NoSigningKey) as error:
            raise ServiceDown(service) from error
        if not answer.is_success:
            await answer.aclose()
            raise ServiceDown(service)
        return answer

    def _authorization_header(self, service: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.sign(service, self._clock())}"}


def player_event_routes(player_data_client: PlayerDataClient) -> dict[str, DeliveryRoute]:
    """Return the outbox routes of events to each service. They are retried without end, so that a deleted player is
    erased everywhere."""
    return {
        **{
            erasure.player_topic_of(service): DeliveryRoute(
                player_data_client.event_delivery(service, PLAYER_EVENTS_PATH)
            )
            for service in erasure.RECEIVERS
        },
        **{
            relationships.relationship_topic_of(service): DeliveryRoute(
                player_data_client.event_delivery(service, RELATIONSHIPS_PATH)
            )
            for service in relationships.RECEIVERS
        },
    }


def service_urls(settings: Settings) -> dict[str, str]:
    """Return the base URL of each service."""
    return {"history": settings.history_url, "tournament": settings.tournament_url}
