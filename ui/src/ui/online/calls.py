"""What calls for an answer: a match that is on, a place in the queue, challenges both ways."""

import asyncio
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from ui.clients.backend import BackendDown, Refused
from ui.clients.games import GamesClient, Invitation, QueuePlace
from ui.links import urls
from ui.online.current import current_match, queue_place
from ui.pages import NOT_KEPT, PageRequest
from ui.session.state import session_of


class Calls(msgspec.Struct, frozen=True):
    match_id: UUID | None
    place: QueuePlace | None
    incoming: list[Invitation]
    outgoing: list[Invitation]


async def calls_of(games: GamesClient, token: str) -> Calls | None:
    """None where tournament is not answering."""
    try:
        match_id, place, invitations = await asyncio.gather(
            current_match(games, token), queue_place(games, token), games.invitations(token)
        )
    except (BackendDown, Refused):
        return None
    return Calls(match_id, place, invitations.incoming, invitations.outgoing)


class Summons(msgspec.Struct, frozen=True):
    """What is said on any page of a player, and the way to where it is answered."""

    words: str
    label: str
    go_to: str


@get("/online/calls", media_type="application/json")
async def tell_summons(
    request: PageRequest, games: NamedDependency[GamesClient]
) -> Response[list[Summons]]:
    """What will not wait for its player to come to the lobby."""
    calls = await calls_of(games, session_of(request).bearer())
    if calls is None:
        raise BackendDown(games.name)
    match = (
        [Summons("Your match is on.", "To the court", urls.online_match(calls.match_id))]
        if calls.match_id
        else []
    )
    challenges = [
        Summons(f"{each.inviter.name} challenges you.", "Answer in the lobby", urls.lobby)
        for each in calls.incoming
    ]
    return Response([*match, *challenges], headers=NOT_KEPT)
