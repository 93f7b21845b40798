"""HTTP routes of friends and blocks, and the event stream that announces changes."""

from collections.abc import AsyncGenerator

from litestar import Router, delete, get, post, put
from litestar.channels import ChannelsPlugin
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from auth.accounts.errors import NoSuchPlayer
from auth.friends import queries, service
from auth.friends.errors import BlockedByYou, NoSuchRequest, TooManyOpenRequests, Yourself
from auth.friends.presence import Presences
from auth.friends.signals import friends_channel
from auth.sessions.live import LIVE_SESSION_ERRORS, SignedIn
from auth.signing_keys.rotation import TOKEN_LIFETIME
from contracts.auth.friends import Friends, Relation, RelationAfterChange
from transcendence_common.database import TimedSession
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import Malformed
from transcendence_common.signals import close_after_answer, run_in_own_task, stream_signals

RELATIONSHIP_ERRORS = answers(Malformed, *LIVE_SESSION_ERRORS, NoSuchPlayer, Yourself)


@get("/friends", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def list_friends(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[TimedSession]
) -> Friends:
    """List the player's friends, which of them are online, and open requests."""
    return await queries.list_relationships(db_session, signed_in.account_id)


@post(
    "/friends/{username:str}",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed, *LIVE_SESSION_ERRORS, NoSuchPlayer, Yourself, BlockedByYou, TooManyOpenRequests
    ),
)
async def ask_for_friendship(
    username: FromPath[str],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
) -> RelationAfterChange:
    """Ask a player for friendship, or accept if they asked first."""
    return RelationAfterChange(await service.ask_for_friendship(db_session, signed_in, username))


@post(
    "/friends/{username:str}/accept",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(Malformed, *LIVE_SESSION_ERRORS, NoSuchPlayer, NoSuchRequest, Yourself),
)
async def accept_friend_request(
    username: FromPath[str],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
) -> RelationAfterChange:
    """Accept a friend request."""
    await service.accept_friend_request(db_session, signed_in, username)
    return RelationAfterChange(Relation.FRIENDS)


@delete("/friends/{username:str}", security=SIGNED_IN, responses=RELATIONSHIP_ERRORS)
async def end_friendship(
    username: FromPath[str],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
) -> None:
    """End a friendship, cancel a request, or decline one."""
    await service.end_friendship(db_session, signed_in, username)


@put(
    "/blocks/{username:str}",
    status_code=HTTP_204_NO_CONTENT,
    security=SIGNED_IN,
    responses=RELATIONSHIP_ERRORS,
)
async def block_player(
    username: FromPath[str],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
) -> None:
    """Block a player; they are not told."""
    await service.block_player(db_session, signed_in, username)


@delete("/blocks/{username:str}", security=SIGNED_IN, responses=RELATIONSHIP_ERRORS)
async def unblock_player(
    username: FromPath[str],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
) -> None:
    """Unblock a player."""
    await service.unblock_player(db_session, signed_in, username)


@get("/events", security=SIGNED_IN, opt={STAYS_OPEN: True}, responses=answers(*LIVE_SESSION_ERRORS))
async def stream_friend_events(
    signed_in: NamedDependency[SignedIn],
    channels: NamedDependency[ChannelsPlugin],
    presences: NamedDependency[Presences],
) -> ServerSentEvent:
    """Send the event `friends` each time the list of friends, or their presence, may have changed.

    A player is online while a stream is open. A stream lasts at most as long as an access token, so that it ends soon
    after its session; a player who reconnects with the next token stays online without a gap.
    """
    events = run_in_own_task(_friend_events(signed_in, channels, presences))
    return ServerSentEvent(events, background=close_after_answer(events))


async def _friend_events(
    person: SignedIn, channels: ChannelsPlugin, presences: Presences
) -> AsyncGenerator[ServerSentEventMessage, None]:
    async with channels.start_subscription(friends_channel(person.account_id)) as subscriber:
        presence_id = await presences.record_opened_tab(person.account_id)
        try:
            async for message in stream_signals(
                subscriber, "friends", seconds=TOKEN_LIFETIME.total_seconds()
            ):
                yield message
        finally:
            presences.record_closed_tab(presence_id)


friend_routes = Router(
    "/",
    route_handlers=[
        list_friends,
        ask_for_friendship,
        accept_friend_request,
        end_friendship,
        block_player,
        unblock_player,
        stream_friend_events,
    ],
)
