"""Invitations to a match: a challenge to one friend, or a link for any player."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.actions import Action
from contracts.tournament.live import Person
from contracts.tournament.matchmaking import InvitationDetails, InvitationRequest, OpenInvitations
from tournament.live.creation import Contender, create_match, match_of
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
from tournament.matchmaking.invitation_events import note
from tournament.matchmaking.invitation_queries import OPEN, kind_of
from tournament.matchmaking.metrics import Outcome
from tournament.matchmaking.models import Invitation
from tournament.players import relationships
from tournament.players.models import ErasedPlayer
from tournament.signals import games_channel
from tournament.verified import NotVerified, is_verified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone, hold_player
from transcendence_common.identity import Player
from transcendence_common.signals import notify

CHALLENGE_LASTS = timedelta(minutes=2)
"""Lifetime of a challenge: a friend who is online sees it at once."""
LINK_LASTS = timedelta(hours=1)
"""Lifetime of a link, which has to be sent and found."""
MOST_OPEN = 20


async def invite(
    session: TimedSession, player: Player, wish: InvitationRequest
) -> tuple[InvitationDetails, bool]:
    """Challenge a friend or create a link; tell whether it is new. Repeating a challenge returns the open one.

    Raises:
        NoSuchFriend, AlreadyInvited, TooManyInvitations
        PlayerGone: the player has been erased.
    """
    await hold_player(session, ErasedPlayer, player.id)
    await queries.wait_for_turn(session, player.id)
    friend = None if wish.to is None else await _friend(session, player.id, wish.to)
    if friend is not None:
        before = await queries.open_challenge(session, player.id, friend.id)
        if before is not None and before.expires_at > session.now:
            return _same(before, wish, player), False
        if before is not None:
            await queries.forget_one(session, before.id)
            note(before, "expired")
    if await queries.count_open(session, player.id) >= MOST_OPEN:
        raise TooManyInvitations(MOST_OPEN)
    sent = await queries.send(
        session,
        Contender(player.id, player.name),
        friend,
        points=wish.points,
        rated=wish.rated,
        until=session.now + (LINK_LASTS if friend is None else CHALLENGE_LASTS),
    )
    await _tell(session, sent)
    note(sent, "sent", player.id)
    return _shown(sent, player), True


async def list_open(session: TimedSession, player: Player) -> OpenInvitations:
    """Return the open invitations to a player and from them, without those that they could not accept."""
    incoming, outgoing = await queries.open_of(session, player.id)
    blocked = await relationships.blocked_pairs(
        session, [player.id, *(each.from_id for each in incoming)]
    )
    playing = await match_of(session, player.id) if incoming else None
    return OpenInvitations(
        incoming=[
            _shown(each, player, playing)
            for each in incoming
            if tuple(sorted((player.id, each.from_id))) not in blocked
        ],
        outgoing=[_shown(each, player) for each in outgoing],
    )


async def show(session: TimedSession, player: Player, invitation_id: UUID) -> InvitationDetails:
    """Return an invitation that the player may see; a link is visible to every player who has it.

    Raises:
        NoSuchInvitation, InvitationOver
    """
    invitation = _reachable(await queries.find(session, invitation_id), player)
    if invitation.match_id is not None:
        if not await queries.plays_in(session, invitation.match_id, player.id):
            raise InvitationOver
    elif not await _stands(session, invitation, player):
        raise InvitationOver
    return _shown(invitation, player, await match_of(session, player.id))


async def accept(session: TimedSession, player: Player, invitation_id: UUID) -> UUID:
    """Create the match of an invitation; for a player who has accepted before, return the existing one.

    Raises:
        NoSuchInvitation, InvitationOver, OwnInvitation
        StillPlaying, AlreadyPlaying: one of the two has a seat in a match; the invitation stays open.
        PlayerGone: the player has been erased.
    """
    await hold_player(session, ErasedPlayer, player.id)
    invitation = _reachable(await queries.hold(session, invitation_id), player)
    if invitation.from_id == player.id:
        raise OwnInvitation
    if invitation.match_id is not None and await queries.plays_in(
        session, invitation.match_id, player.id
    ):
        return invitation.match_id
    if not await _stands(session, invitation, player):
        raise InvitationOver
    await queue_queries.leave(session, [invitation.from_id, player.id])
    playing = await match_of(session, player.id)
    if playing is not None:
        raise StillPlaying(playing)
    match_id = await _match_of_two(session, invitation, player)
    if not await queries.accept(session, invitation.id, match_id):
        raise InvitationOver
    note(invitation, "accepted", player.id, match_id)
    return match_id


async def end(session: AsyncSession, player: Player, invitation_id: UUID) -> None:
    """Withdraw or decline an invitation; one that is over stays unchanged.

    Raises:
        NoSuchInvitation: there is none, or it is between other players.
    """
    invitation = await queries.hold(session, invitation_id)
    if invitation is None or player.id not in {invitation.from_id, invitation.to_id}:
        raise NoSuchInvitation
    outcome: Outcome = "withdrawn" if invitation.from_id == player.id else "declined"
    if await queries.end(session, invitation.id, outcome):
        await _tell(session, invitation)
        note(invitation, outcome, player.id)


async def _friend(session: AsyncSession, me: UUID, friend_id: UUID) -> Contender:
    """Return a friend, locked against erasure until the invitation is stored.

    Raises:
        NoSuchFriend: the player is no friend, is blocked, or has been erased.
    """
    name = dict(await relationships.friends_of(session, me)).get(friend_id)
    if name is None or not await relationships.may_meet(session, me, friend_id):
        raise NoSuchFriend
    try:
        await hold_player(session, ErasedPlayer, friend_id)
    except PlayerGone as error:
        raise NoSuchFriend from error
    return Contender(friend_id, name)


def _same(before: Invitation, wish: InvitationRequest, player: Player) -> InvitationDetails:
    if (before.points, before.rated) != (wish.points, wish.rated):
        raise AlreadyInvited
    return _shown(before, player)


def _reachable(invitation: Invitation | None, player: Player) -> Invitation:
    if invitation is None:
        raise NoSuchInvitation
    if invitation.to_id is not None and player.id not in {invitation.from_id, invitation.to_id}:
        raise NoSuchInvitation
    return invitation


async def _stands(session: TimedSession, invitation: Invitation, player: Player) -> bool:
    """Tell whether an invitation can still be accepted. A block looks as if it had been withdrawn."""
    if invitation.state != OPEN or invitation.expires_at <= session.now:
        return False
    if invitation.from_id == player.id:
        return True
    return await relationships.may_meet(session, invitation.from_id, player.id)


async def _match_of_two(session: TimedSession, invitation: Invitation, player: Player) -> UUID:
    try:
        return await create_match(
            session,
            (
                Contender(invitation.from_id, invitation.from_name),
                Contender(player.id, player.name),
            ),
            origin=kind_of(invitation),
            points=invitation.points,
            rated=invitation.rated,
        )
    except PlayerGone as error:
        # The player who accepts is locked already, so the inviter is the one who is gone.
        raise InvitationOver from error


async def _tell(session: AsyncSession, invitation: Invitation) -> None:
    both = [invitation.from_id, invitation.to_id]
    await notify(session, [games_channel(each) for each in both if each is not None])


def _shown(
    invitation: Invitation, reader: Player, playing: UUID | None = None
) -> InvitationDetails:
    invitee = None
    if invitation.to_id is not None and invitation.to_name is not None:
        invitee = Person(invitation.to_id, invitation.to_name)
    return InvitationDetails(
        actions=list(actions_of(invitation, reader, playing)),
        id=invitation.id,
        inviter=Person(invitation.from_id, invitation.from_name),
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
