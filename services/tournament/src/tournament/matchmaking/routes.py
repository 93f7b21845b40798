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
from tournament.signals import STREAM_SECONDS, player_channel
from transcendence_common.identity import Player
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.signals import close_after_answer, run_in_own_task, stream_signals


@get("/events", security=SIGNED_IN, opt={STAYS_OPEN: True}, responses=answers())
async def stream_game_changes(
    player: NamedDependency[Player],
    channels: NamedDependency[ChannelsPlugin],
    open_pages: NamedDependency[OpenPages],
) -> ServerSentEvent:
    """Send `games` whenever the caller's place in the queue, invitations or match may have changed.

    The stream keeps the caller's place in the queue. It lasts at most as long as an access token.
    """
    events = run_in_own_task(_game_events(player, channels, open_pages))
    return ServerSentEvent(events, background=close_after_answer(events))


async def _game_events(
    player: Player, channels: ChannelsPlugin, open_pages: OpenPages
) -> AsyncGenerator[ServerSentEventMessage, None]:
    async with channels.start_subscription(player_channel(player.id)) as subscriber:
        with open_pages.count_open_page(player.id):
            async for message in stream_signals(subscriber, "games", seconds=STREAM_SECONDS):
                yield message


matchmaking_routes = Router(
    "/", route_handlers=[queue_routes, invitation_routes, stream_game_changes]
)
