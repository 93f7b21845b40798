"""Queries of invitations. One player's invitations are sent one at a time, so that they can be counted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live.creation import Contender
from tournament.live.models import Match
from tournament.matchmaking.metrics import InvitationKind
from tournament.matchmaking.models import Invitation
from transcendence_common.database import TimedSession
from transcendence_common.ids import new_id

OPEN, ACCEPTED, DECLINED, WITHDRAWN = "open", "accepted", "declined", "withdrawn"


def invitation_kind(invitation: Invitation) -> InvitationKind:
    return "link" if invitation.to_id is None else "challenge"


async def lock_inviting(session: AsyncSession, player_id: UUID) -> None:
    """Let a player's other requests that create an invitation wait until this transaction ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))"),
        {"whose": f"invitations {player_id}"},
    )


async def count_open_invitations(session: TimedSession, player_id: UUID) -> int:
    count = await session.scalar(
        select(func.count(Invitation.id)).where(
            Invitation.from_id == player_id, _is_open(session.now)
        )
    )
    return count or 0


async def find_open_challenge(session: AsyncSession, inviter: UUID, to: UUID) -> Invitation | None:
    """Return the inviter's unanswered challenge to a friend, which may have expired."""
    return await session.scalar(
        select(Invitation).where(
            Invitation.from_id == inviter, Invitation.to_id == to, Invitation.state == OPEN
        )
    )


async def store_invitation(
    session: TimedSession,
    inviter: Contender,
    invitee: Contender | None,
    *,
    points: int,
    rated: bool,
    until: datetime,
) -> Invitation:
    sent = await session.scalars(
        insert(Invitation)
        .values(
            id=new_id(),
            from_id=inviter.id,
            from_name=inviter.name,
            to_id=invitee and invitee.id,
            to_name=invitee and invitee.name,
            points=points,
            rated=rated,
            created_at=session.now,
            expires_at=until,
            state=OPEN,
        )
        .returning(Invitation)
    )
    return sent.one()


async def find_invitation(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    return await session.get(Invitation, invitation_id)


async def lock_invitation(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    """Return an invitation with its row locked until the transaction ends."""
    return await session.scalar(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    )


async def find_open_invitations(
    session: TimedSession, player_id: UUID
) -> tuple[Sequence[Invitation], Sequence[Invitation]]:
    """Return the open invitations to a player and those from them, each oldest first."""
    found = await session.scalars(
        select(Invitation)
        .where(_is_sent_by_or_to(player_id), _is_open(session.now))
        .order_by(Invitation.id)
    )
    invitations = found.all()
    return (
        [each for each in invitations if each.to_id == player_id],
        [each for each in invitations if each.from_id == player_id],
    )


async def mark_accepted(session: AsyncSession, invitation_id: UUID, match_id: UUID) -> bool:
    """Mark an invitation as accepted; tell whether it was still open."""
    return await _update_if_open(session, invitation_id, state=ACCEPTED, match_id=match_id)


async def mark_ended(session: AsyncSession, invitation_id: UUID, state: str) -> bool:
    """Decline or withdraw an invitation; tell whether it was still open."""
    return await _update_if_open(session, invitation_id, state=state)


async def is_player_of_match(session: AsyncSession, match_id: UUID, player_id: UUID) -> bool:
    found = exists().where(
        Match.id == match_id, or_(Match.left_id == player_id, Match.right_id == player_id)
    )
    return bool(await session.scalar(select(found)))


async def find_expired_since(session: TimedSession, after: datetime) -> Sequence[Invitation]:
    """Return the open invitations that expired since `after`."""
    found = await session.scalars(
        select(Invitation).where(
            Invitation.expires_at > after,
            Invitation.expires_at <= session.now,
            Invitation.state == OPEN,
        )
    )
    return found.all()


async def delete_expired(session: AsyncSession, expired_before: datetime) -> Sequence[Invitation]:
    """Delete and return the invitations that expired by `expired_before`."""
    over = (
        select(Invitation.id)
        .where(Invitation.expires_at <= expired_before)
        .with_for_update(skip_locked=True)
    )
    forgotten = await session.scalars(
        delete(Invitation).where(Invitation.id.in_(over)).returning(Invitation)
    )
    return forgotten.all()


async def delete_invitation(session: AsyncSession, invitation_id: UUID) -> None:
    await session.execute(delete(Invitation).where(Invitation.id == invitation_id))


async def find_all_invitations(session: AsyncSession, player_id: UUID) -> Sequence[Invitation]:
    found = await session.scalars(
        select(Invitation).where(_is_sent_by_or_to(player_id)).order_by(Invitation.id)
    )
    return found.all()


async def delete_invitations_of(session: AsyncSession, player_id: UUID) -> Sequence[Invitation]:
    """Delete and return all invitations of a player, in the order of their ids.

    Without that order two players erased at once could deadlock.
    """
    in_order = (
        select(Invitation.id)
        .where(_is_sent_by_or_to(player_id))
        .order_by(Invitation.id)
        .with_for_update()
        .cte("in_order")
    )
    forgotten = await session.scalars(
        delete(Invitation).where(Invitation.id.in_(select(in_order.c.id))).returning(Invitation)
    )
    return forgotten.all()


async def _update_if_open(session: AsyncSession, invitation_id: UUID, **values: object) -> bool:
    moved = await session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.state == OPEN)
        .values(values)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return moved is not None


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(Invitation.state == OPEN, Invitation.expires_at > now)


def _is_sent_by_or_to(player_id: UUID) -> ColumnElement[bool]:
    return or_(Invitation.from_id == player_id, Invitation.to_id == player_id)
