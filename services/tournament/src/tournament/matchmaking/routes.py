"""HTTP routes of matchmaking, and the event stream that tells a page when to reload."""

from collections.abc import AsyncGenerator

from litestar import Router, get
from litestar.channels import ChannelsPlugin
from litestar.di import NamedDependency
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from tournament.matchmaking.invitation_routes import invitation_routes
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue_routes import queue_routes
from tournament.signals import STREAM_SECONDS, games_channel
from transcendence_common.identity import Player
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.signals import closing, in_its_own_task, stream


@get("/events", security=SIGNED_IN, opt={STAYS_OPEN: True}, responses=answers())
async def listen(
    player: NamedDependency[Player],
    channels: NamedDependency[ChannelsPlugin],
    open_pages: NamedDependency[OpenPages],
) -> ServerSentEvent:
    """Send `games` whenever the caller's place in the queue, invitations or match may have changed.

    The stream keeps the caller's place in the queue. It lasts at most as long as an access token.
    """
    events = in_its_own_task(_events(player, channels, open_pages))
    return ServerSentEvent(events, background=closing(events))


async def _events(
    player: Player, channels: ChannelsPlugin, open_pages: OpenPages
) -> AsyncGenerator[ServerSentEventMessage, None]:
    async with channels.start_subscription(games_channel(player.id)) as subscriber:
        with open_pages.one_of(player.id):
            async for message in stream(subscriber, "games", seconds=STREAM_SECONDS):
                yield message


matchmaking_routes = Router("/", route_handlers=[queue_routes, invitation_routes, listen])
