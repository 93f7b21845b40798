"""Everything that needs the player's action: a match, a place in the queue, and challenges in both directions."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from contracts.tournament.matchmaking import InvitationDetails, QueuePlace
from ui.caching import NO_STORE
from ui.clients.backend import BackendDown, none_if_unavailable
from ui.clients.games import GamesClient
from ui.links import urls
from ui.online.match_calls import ShownMatchCall, match_calls_to_show
from ui.pages import PageRequest
from ui.session.state import session_of


class PendingActions(msgspec.Struct, frozen=True):
    match_id: UUID | None
    place: QueuePlace | None
    incoming: list[InvitationDetails]
    outgoing: list[InvitationDetails]
    pairings: list[ShownMatchCall]
    """The player's pairings in tournaments."""


async def pending_actions_of(games: GamesClient, token: str) -> PendingActions | None:
    """Return the matches, invitations and pairings that need the player's action, or None if tournament is
    unavailable."""
    pending = await none_if_unavailable(games.pending(token))
    if pending is None:
        return None
    return PendingActions(
        match_id=pending.match_id,
        place=pending.queue_place,
        incoming=pending.invitations.incoming,
        outgoing=pending.invitations.outgoing,
        pairings=match_calls_to_show(pending.match_calls, pending.match_id),
    )


class Notification(msgspec.Struct, frozen=True):
    """A notification on any page of a player, with a link to the page for the action."""

    words: str
    label: str
    go_to: str
    until: datetime | None = None
    """The time until which the player must act."""
    left: int | None = None
    """The same as seconds from now, because the reader's clock may be wrong."""


@get("/online/calls", media_type="application/json")
async def show_notifications(
    request: PageRequest,
    games: NamedDependency[GamesClient],
) -> Response[list[Notification]]:
    """Return the notifications that any page of the player shows."""
    calls = await pending_actions_of(games, session_of(request).required_access_token())
    if calls is None:
        raise BackendDown(games.name)
    match = (
        [
            Notification(
                "Your match has started.", "Go to your match", urls.online_match(calls.match_id)
            )
        ]
        if calls.match_id
        else []
    )
    pairings = [_match_call_notification(each) for each in calls.pairings]
    challenges = [
        Notification(f"{each.inviter.name} challenges you.", "Go to the lobby", urls.lobby)
        for each in calls.incoming
    ]
    return Response([*match, *pairings, *challenges], headers=NO_STORE)


def _match_call_notification(call: ShownMatchCall) -> Notification:
    pairing = call.pairing
    words = f"{call.round} of {pairing.tournament_name}: you play {pairing.opponent}."
    go_to = urls.pairing(pairing.tournament_id, pairing.number)
    if pairing.ready:
        return Notification(f"{words} You’re ready.", "Go to your match", go_to)
    return Notification(words, "I’m ready", go_to, pairing.deadline, call.left)
