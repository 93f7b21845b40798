"""Ways to a match over HTTP, and the stream that says when to look again."""

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
    """Say `games` whenever one's place in the queue, one's invitations or the match one is in may have changed.

    Who listens keeps their place in the queue. The stream lasts as long as an access token at most.
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
