"""Queries on friendships, blocks and presence."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from auth.accounts.models import Account
from auth.friends.models import Block, Friendship, Presence, RelationshipVersion
from contracts.auth.friends import (
    Friend,
    FriendListPerson,
    Friends,
    ListedRelationship,
    PairRelationship,
    Relation,
)
from transcendence_common.database import TimedSession

MICROSECONDS_PER_SECOND = 1_000_000
PLAYER_COLUMNS = (Account.id, Account.username, Account.display_name, Account.avatar)


async def lock_pair(session: AsyncSession, one: UUID, other: UUID) -> set[UUID]:
    """Lock two accounts until the transaction ends, which serialises all changes between the two players.

    Return which of the two accounts exist; neither can be deleted before the end.
    """
    low, high = sorted((one, other))
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:pair, 0))"),
        {"pair": f"friends {low} {high}"},
    )
    return await lock_accounts(session, [low, high])


async def lock_accounts(session: AsyncSession, account_ids: Sequence[UUID]) -> set[UUID]:
    """Lock accounts against deletion until the transaction ends; return those that exist."""
    there = await session.scalars(
        select(Account.id)
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update(read=True, key_share=True)
    )
    return set(there)


async def count_open_requests(session: AsyncSession, account_id: UUID) -> int:
    count = await session.scalar(
        select(func.count()).where(
            Friendship.asked_by == account_id,
            _friendship_includes(account_id),
            Friendship.accepted_at.is_(None),
        )
    )
    return count or 0


async def request_friendship(session: TimedSession, me: UUID, other: UUID) -> bool:
    """Ask for friendship, or accept if the other asked first; tell whether anything changed."""
    low, high = sorted((me, other))
    changed = await session.scalar(
        insert(Friendship)
        .values(low_id=low, high_id=high, asked_by=me, asked_at=session.now)
        .on_conflict_do_update(
            index_elements=[Friendship.low_id, Friendship.high_id],
            set_={"accepted_at": func.greatest(session.now, Friendship.asked_at)},
            where=and_(Friendship.accepted_at.is_(None), Friendship.asked_by != me),
        )
        .returning(Friendship.low_id)
    )
    return changed is not None


async def accept_request(session: TimedSession, me: UUID, other: UUID) -> bool:
    """Accept a friend request; tell whether there was one, or the two were friends already."""
    low, high = sorted((me, other))
    accepted = await session.scalar(
        update(Friendship)
        .where(
            Friendship.low_id == low,
            Friendship.high_id == high,
            or_(Friendship.asked_by == other, Friendship.accepted_at.is_not(None)),
        )
        .values(
            accepted_at=func.coalesce(
                Friendship.accepted_at, func.greatest(session.now, Friendship.asked_at)
            )
        )
        .returning(Friendship.low_id)
    )
    return accepted is not None


async def end_friendship(session: AsyncSession, me: UUID, other: UUID) -> bool:
    """End a friendship or a request between two players; tell whether there was one."""
    low, high = sorted((me, other))
    ended = await session.scalar(
        delete(Friendship)
        .where(Friendship.low_id == low, Friendship.high_id == high)
        .returning(Friendship.low_id)
    )
    return ended is not None


async def block(session: TimedSession, me: UUID, other: UUID) -> bool:
    """Block a player; tell whether they were not blocked before."""
    blocked = await session.scalar(
        insert(Block)
        .values(blocker_id=me, blocked_id=other, blocked_at=session.now)
        .on_conflict_do_nothing()
        .returning(Block.blocked_id)
    )
    return blocked is not None


async def unblock(session: AsyncSession, me: UUID, other: UUID) -> bool:
    """Unblock a player; tell whether they were blocked before."""
    unblocked = await session.scalar(
        delete(Block)
        .where(Block.blocker_id == me, Block.blocked_id == other)
        .returning(Block.blocked_id)
    )
    return unblocked is not None


async def has_blocked(session: AsyncSession, blocker: UUID, blocked: UUID) -> bool:
    found = await session.scalar(
        select(exists().where(Block.blocker_id == blocker, Block.blocked_id == blocked))
    )
    return bool(found)


async def relation_of(session: AsyncSession, me: UUID, other: UUID) -> Relation:
    """Return the relation of another player to `me`, without revealing whether the other has blocked `me`."""
    return (await relations_of(session, me, [other]))[other]


async def relations_of(
    session: AsyncSession, me: UUID, others: Sequence[UUID]
) -> dict[UUID, Relation]:
    """Return the relation of each of several players to `me`, as `relation_of` does."""
    found = dict.fromkeys(others, Relation.NONE)
    other = case((Friendship.low_id == me, Friendship.high_id), else_=Friendship.low_id)
    relationships = await session.execute(
        select(other, Friendship.asked_by, Friendship.accepted_at).where(
            _friendship_includes(me), other.in_(others)
        )
    )
    for other_id, asked_by, accepted_at in relationships:
        if accepted_at is not None:
            found[other_id] = Relation.FRIENDS
        else:
            found[other_id] = Relation.OUTGOING if asked_by == me else Relation.INCOMING
    blocked = await session.scalars(
        select(Block.blocked_id).where(Block.blocker_id == me, Block.blocked_id.in_(others))
    )
    return found | dict.fromkeys(blocked, Relation.BLOCKED)


async def list_relationships(session: TimedSession, me: UUID) -> Friends:
    """Return a player's friends, open requests in both directions, and blocked players. Requests from players whom they
    have blocked are left out."""
    online = exists().where(Presence.account_id == Account.id, Presence.expires_at > session.now)
    blocked_by_me = exists().where(Block.blocker_id == me, Block.blocked_id == Account.id)
    relationships = (
        select(
            *PLAYER_COLUMNS,
            Friendship.asked_by,
            Friendship.asked_at,
            Friendship.accepted_at,
            and_(Friendship.accepted_at.is_not(None), online),
        )
        .select_from(Friendship)
        .join(
            Account,
            Account.id
            == case((Friendship.low_id == me, Friendship.high_id), else_=Friendship.low_id),
        )
        .where(_friendship_includes(me), ~blocked_by_me)
        .order_by(Account.username_key)
    )
    everybody = Friends([], [], [], [])
    rows = await session.execute(relationships)
    for account_id, name, shown, avatar, asked_by, asked_at, accepted_at, is_online in rows:
        who = FriendListPerson(account_id, name, shown, avatar)
        if accepted_at is not None:
            everybody.friends.append(Friend(who, accepted_at, is_online))
        elif asked_by == me:
            everybody.outgoing.append(ListedRelationship(who, asked_at))
        else:
            everybody.incoming.append(ListedRelationship(who, asked_at))
    blocks = (
        select(*PLAYER_COLUMNS, Block.blocked_at)
        .join(Block, Block.blocked_id == Account.id)
        .where(Block.blocker_id == me)
        .order_by(Account.username_key)
    )
    for account_id, name, shown, avatar, blocked_at in await session.execute(blocks):
        everybody.blocked.append(
            ListedRelationship(FriendListPerson(account_id, name, shown, avatar), blocked_at)
        )
    return everybody


async def friend_ids_of(session: AsyncSession, account_ids: Sequence[UUID]) -> list[UUID]:
    """Return the account IDs of all friends of any of these players."""
    found = await session.scalars(
        select(Friendship.high_id)
        .where(Friendship.low_id.in_(account_ids), Friendship.accepted_at.is_not(None))
        .union(
            select(Friendship.low_id).where(
                Friendship.high_id.in_(account_ids), Friendship.accepted_at.is_not(None)
            )
        )
    )
    return list(found)


async def relationship_between(session: AsyncSession, low: UUID, high: UUID) -> PairRelationship:
    """Return the whole relationship of two existing players, including blocks in both directions."""
    lower, higher = aliased(Account), aliased(Account)
    row = await session.execute(
        select(
            lower.username,
            higher.username,
            exists().where(
                Friendship.low_id == low,
                Friendship.high_id == high,
                Friendship.accepted_at.is_not(None),
            ),
            exists().where(Block.blocker_id == low, Block.blocked_id == high),
            exists().where(Block.blocker_id == high, Block.blocked_id == low),
        )
        .select_from(lower)
        .join(higher, higher.id == high)
        .where(lower.id == low)
    )
    return PairRelationship(*row.one())


async def next_version(session: AsyncSession) -> int:
    """Return a number higher than any before. Parallel callers wait until this transaction ends.

    It follows the clock, so that it is higher even if an older database backup was restored; if the clock was set back,
    it counts on.
    """
    now = cast(func.extract("epoch", func.clock_timestamp()) * MICROSECONDS_PER_SECOND, BigInteger)
    entered = insert(RelationshipVersion).values(single=True, latest=now)
    version = await session.scalar(
        entered.on_conflict_do_update(
            index_elements=[RelationshipVersion.single],
            set_={"latest": func.greatest(RelationshipVersion.latest + 1, entered.excluded.latest)},
        ).returning(RelationshipVersion.latest)
    )
    return int(version or 0)


async def related_pairs(
    session: AsyncSession, after: tuple[UUID, UUID], limit: int
) -> list[tuple[UUID, UUID]]:
    """Return a page of pairs of friends, or of players of whom one blocks the other: each once, in order."""
    low = func.least(Block.blocker_id, Block.blocked_id)
    high = func.greatest(Block.blocker_id, Block.blocked_id)
    friends = select(Friendship.low_id, Friendship.high_id).where(
        Friendship.accepted_at.is_not(None),
        tuple_(Friendship.low_id, Friendship.high_id) > tuple_(*after),
    )
    blocked = select(low, high).where(tuple_(low, high) > tuple_(*after))
    pairs = friends.union(blocked).subquery()
    rows = await session.execute(select(pairs).order_by(*pairs.c).limit(limit))
    return [(first, second) for first, second in rows]


def _friendship_includes(account_id: UUID) -> ColumnElement[bool]:
    return or_(Friendship.low_id == account_id, Friendship.high_id == account_id)
