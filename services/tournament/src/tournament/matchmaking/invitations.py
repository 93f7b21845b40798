"""Invitations to a match: a challenge to one friend, or a link for any player."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.actions import Action
from contracts.tournament.live import PlayerName
from contracts.tournament.matchmaking import InvitationDetails, InvitationRequest, OpenInvitations
from tournament.live.creation import Contender, create_match, unfinished_match_of
from tournament.matchmaking import invitation_queries as queries
from tournament.matchmaking import queue_queries
from tournament.matchmaking.errors import (
    AlreadyInvited,
    InvitationOver,
    NoSuchFriend,
    NoSuchInvitation,
    OwnInvitation,
    StillPlaying,
    TooManyInvitations,
)
from tournament.matchmaking.invitation_events import log_invitation
from tournament.matchmaking.invitation_queries import OPEN, invitation_kind
from tournament.matchmaking.metrics import InvitationOutcome
from tournament.matchmaking.models import Invitation
from tournament.players import relationships
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from tournament.verified import NotVerified, is_verified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone, lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.signals import notify

CHALLENGE_LIFETIME = timedelta(minutes=2)
"""Lifetime of a challenge: a friend who is online sees it at once."""
LINK_LIFETIME = timedelta(hours=1)
"""Lifetime of a link, which has to be sent and found."""
MOST_OPEN_INVITATIONS = 20


async def invite(
    session: TimedSession, player: Player, wish: InvitationRequest
) -> tuple[InvitationDetails, bool]:
    """Challenge a friend or create a link; tell whether it is new. Repeating a challenge returns the open one.

    Raises:
        NoSuchFriend, AlreadyInvited, TooManyInvitations
        PlayerGone: the player has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, player.id)
    await queries.lock_inviting(session, player.id)
    friend = None if wish.to is None else await _lock_friend(session, player.id, wish.to)
    if friend is not None:
        before = await queries.find_open_challenge(session, player.id, friend.id)
        if before is not None and before.expires_at > session.now:
            return _repeated_challenge(before, wish, player), False
        if before is not None:
            await queries.delete_invitation(session, before.id)
            log_invitation(before, "expired")
    if await queries.count_open_invitations(session, player.id) >= MOST_OPEN_INVITATIONS:
        raise TooManyInvitations(MOST_OPEN_INVITATIONS)
    sent = await queries.store_invitation(
        session,
        Contender(player.id, player.name),
        friend,
        points=wish.points,
        rated=wish.rated,
        until=session.now + (LINK_LIFETIME if friend is None else CHALLENGE_LIFETIME),
    )
    await _notify_players(session, sent)
    log_invitation(sent, "sent", player.id)
    return _to_schema(sent, player), True


async def list_open_invitations(session: TimedSession, player: Player) -> OpenInvitations:
    """Return the open invitations to a player and from them, without those that they could not accept."""
    incoming, outgoing = await queries.find_open_invitations(session, player.id)
    blocked = await relationships.blocked_pairs(
        session, [player.id, *(each.from_id for each in incoming)]
    )
    playing = await unfinished_match_of(session, player.id) if incoming else None
    return OpenInvitations(
        incoming=[
            _to_schema(each, player, playing)
            for each in incoming
            if tuple(sorted((player.id, each.from_id))) not in blocked
        ],
        outgoing=[_to_schema(each, player) for each in outgoing],
    )


async def show_invitation(
    session: TimedSession, player: Player, invitation_id: UUID
) -> InvitationDetails:
    """Return an invitation that the player may see; a link is visible to every player who has it.

    Raises:
        NoSuchInvitation, InvitationOver
    """
    invitation = _check_addressee(await queries.find_invitation(session, invitation_id), player)
    if invitation.match_id is not None:
        if not await queries.is_player_of_match(session, invitation.match_id, player.id):
            raise InvitationOver
    elif not await _is_acceptable(session, invitation, player):
        raise InvitationOver
    return _to_schema(invitation, player, await unfinished_match_of(session, player.id))


async def accept_invitation(session: TimedSession, player: Player, invitation_id: UUID) -> UUID:
    """Create the match of an invitation; for a player who has accepted before, return the existing one.

    Raises:
        NoSuchInvitation, InvitationOver, OwnInvitation
        StillPlaying, AlreadyPlaying: one of the two has a seat in a match; the invitation stays open.
        PlayerGone: the player has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, player.id)
    invitation = _check_addressee(await queries.lock_invitation(session, invitation_id), player)
    if invitation.from_id == player.id:
        raise OwnInvitation
    if invitation.match_id is not None and await queries.is_player_of_match(
        session, invitation.match_id, player.id
    ):
        return invitation.match_id
    if not await _is_acceptable(session, invitation, player):
        raise InvitationOver
    await queue_queries.delete_places(session, [invitation.from_id, player.id])
    playing = await unfinished_match_of(session, player.id)
    if playing is not None:
        raise StillPlaying(playing)
    match_id = await _create_match(session, invitation, player)
    if not await queries.mark_accepted(session, invitation.id, match_id):
        raise InvitationOver
    log_invitation(invitation, "accepted", player.id, match_id)
    return match_id


async def end_invitation(session: AsyncSession, player: Player, invitation_id: UUID) -> None:
    """Withdraw or decline an invitation; one that is over stays unchanged.

    Raises:
        NoSuchInvitation: there is none, or it is between other players.
    """
    invitation = await queries.lock_invitation(session, invitation_id)
    if invitation is None or player.id not in {invitation.from_id, invitation.to_id}:
        raise NoSuchInvitation
    outcome: InvitationOutcome = "withdrawn" if invitation.from_id == player.id else "declined"
    if await queries.mark_ended(session, invitation.id, outcome):
        await _notify_players(session, invitation)
        log_invitation(invitation, outcome, player.id)


async def _lock_friend(session: AsyncSession, me: UUID, friend_id: UUID) -> Contender:
    """Return a friend, locked against erasure until the invitation is stored.

    Raises:
        NoSuchFriend: the player is no friend, is blocked, or has been erased.
    """
    name = dict(await relationships.friends_of(session, me)).get(friend_id)
    if name is None or not await relationships.may_meet(session, me, friend_id):
        raise NoSuchFriend
    try:
        await lock_against_erasure(session, ErasedPlayer, friend_id)
    except PlayerGone as error:
        raise NoSuchFriend from error
    return Contender(friend_id, name)


def _repeated_challenge(
    before: Invitation, wish: InvitationRequest, player: Player
) -> InvitationDetails:
    if (before.points, before.rated) != (wish.points, wish.rated):
        raise AlreadyInvited
    return _to_schema(before, player)


def _check_addressee(invitation: Invitation | None, player: Player) -> Invitation:
    if invitation is None:
        raise NoSuchInvitation
    if invitation.to_id is not None and player.id not in {invitation.from_id, invitation.to_id}:
        raise NoSuchInvitation
    return invitation


async def _is_acceptable(session: TimedSession, invitation: Invitation, player: Player) -> bool:
    """Tell whether an invitation can still be accepted. A block looks as if it had been withdrawn."""
    if invitation.state != OPEN or invitation.expires_at <= session.now:
        return False
    if invitation.from_id == player.id:
        return True
    return await relationships.may_meet(session, invitation.from_id, player.id)


async def _create_match(session: TimedSession, invitation: Invitation, player: Player) -> UUID:
    try:
        return await create_match(
            session,
            (
                Contender(invitation.from_id, invitation.from_name),
                Contender(player.id, player.name),
            ),
            origin=invitation_kind(invitation),
            points=invitation.points,
            rated=invitation.rated,
        )
    except PlayerGone as error:
        # The player who accepts is locked already, so the inviter is the one who is gone.
        raise InvitationOver from error


async def _notify_players(session: AsyncSession, invitation: Invitation) -> None:
    both = [invitation.from_id, invitation.to_id]
    await notify(session, [player_channel(each) for each in both if each is not None])


def _to_schema(
    invitation: Invitation, reader: Player, playing: UUID | None = None
) -> InvitationDetails:
    invitee = None
    if invitation.to_id is not None and invitation.to_name is not None:
        invitee = PlayerName(invitation.to_id, invitation.to_name)
    return InvitationDetails(
        actions=list(actions_of(invitation, reader, playing)),
        id=invitation.id,
        inviter=PlayerName(invitation.from_id, invitation.from_name),
        invitee=invitee,
        points=invitation.points,
        rated=invitation.rated,
        state="open" if invitation.match_id is None else "accepted",
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        match_id=invitation.match_id,
    )


def actions_of(invitation: Invitation, reader: Player, playing: UUID | None) -> Iterator[Action]:
    """Return the reader's actions on an invitation; `playing` is the reader's unfinished match."""
    if invitation.match_id is not None:
        return
    if invitation.from_id == reader.id:
        yield Action("withdraw")
        return
    if not is_verified(reader):
        yield Action("accept", NotVerified.code)
    else:
        yield Action("accept", StillPlaying.code if playing else None)
    if invitation.to_id is not None:
        yield Action("decline")
