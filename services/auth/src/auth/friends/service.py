"""Friend requests, friendships and blocks. Each change between two players is made under their common lock."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import queries as accounts
from auth.accounts.errors import NoSuchPlayer
from auth.friends import queries
from auth.friends.errors import BlockedByYou, NoSuchRequest, TooManyOpenRequests, Yourself
from auth.friends.events import log_friend_action
from auth.friends.relationships import announcing_change
from auth.friends.signals import friends_channel
from auth.sessions.errors import SessionOver
from auth.sessions.live import SignedIn
from contracts.auth.friends import Relation
from transcendence_common.database import TimedSession
from transcendence_common.signals import notify

MOST_OPEN_REQUESTS = 100


async def ask_for_friendship(session: TimedSession, person: SignedIn, username: str) -> Relation:
    """Ask a player for friendship, or accept if they asked first.

    A blocked player can ask like any other; the player who blocked them does not see it.

    Raises:
        NoSuchPlayer, Yourself, BlockedByYou, TooManyOpenRequests
    """
    # A player's requests are serialised, so that they can be counted.
    await accounts.lock_account(session, person.account_id)
    me, other = await _lock_pair(session, person, username)
    if await queries.has_blocked(session, me, other):
        raise BlockedByYou
    async with announcing_change(session, me, other):
        changed = await queries.request_friendship(session, me, other)
    if await queries.count_open_requests(session, me) > MOST_OPEN_REQUESTS:
        raise TooManyOpenRequests(MOST_OPEN_REQUESTS)
    await _notify_both(session, me, other)
    relation = await queries.relation_of(session, me, other)
    if changed:
        log_friend_action(
            "friend-accept" if relation is Relation.FRIENDS else "friend-request", me, other
        )
    return relation


async def accept_friend_request(session: TimedSession, person: SignedIn, username: str) -> None:
    """Accept a friend request. Accepting it again changes nothing.

    Raises:
        NoSuchPlayer, Yourself, NoSuchRequest
    """
    me, other = await _lock_pair(session, person, username)
    if await queries.has_blocked(session, me, other):
        raise NoSuchRequest
    async with announcing_change(session, me, other):
        if not await queries.accept_request(session, me, other):
            raise NoSuchRequest
    await _notify_both(session, me, other)
    log_friend_action("friend-accept", me, other)


async def end_friendship(session: TimedSession, person: SignedIn, username: str) -> None:
    """End a friendship, cancel a request, or decline one.

    Raises:
        NoSuchPlayer, Yourself
    """
    me, other = await _lock_pair(session, person, username)
    async with announcing_change(session, me, other):
        parted = await queries.end_friendship(session, me, other)
    if parted:
        await _notify_both(session, me, other)
        log_friend_action("friend-part", me, other)


async def block_player(session: TimedSession, person: SignedIn, username: str) -> None:
    """Block a player, and end a friendship or a request between the two.

    Raises:
        NoSuchPlayer, Yourself
    """
    me, other = await _lock_pair(session, person, username)
    async with announcing_change(session, me, other):
        await queries.end_friendship(session, me, other)
        blocked = await queries.block(session, me, other)
    await _notify_both(session, me, other)
    if blocked:
        log_friend_action("friend-block", me, other)


async def unblock_player(session: TimedSession, person: SignedIn, username: str) -> None:
    """Unblock a player. Requests that they sent in the meantime are visible from now on.

    Raises:
        NoSuchPlayer, Yourself
    """
    me, other = await _lock_pair(session, person, username)
    async with announcing_change(session, me, other):
        unblocked = await queries.unblock(session, me, other)
    await notify(session, [friends_channel(me)])
    if unblocked:
        log_friend_action("friend-unblock", me, other)


async def _lock_pair(session: AsyncSession, person: SignedIn, username: str) -> tuple[UUID, UUID]:
    """Return the IDs of the player and of the one they name, both locked."""
    me, other = person.account_id, await accounts.find_account_id(session, username)
    if other is None:
        raise NoSuchPlayer
    if other == me:
        raise Yourself
    there = await queries.lock_pair(session, me, other)
    if me not in there:
        raise SessionOver
    if other not in there:
        raise NoSuchPlayer
    return me, other


async def _notify_both(session: AsyncSession, me: UUID, other: UUID) -> None:
    await notify(session, [friends_channel(me), friends_channel(other)])
