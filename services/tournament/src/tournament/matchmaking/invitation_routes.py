"""HTTP routes of invitations."""

from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.live import MatchReference
from contracts.tournament.matchmaking import InvitationDetails, InvitationRequest, OpenInvitations
from tournament.live.errors import AlreadyPlaying
from tournament.matchmaking import invitations as service
from tournament.matchmaking.errors import (
    AlreadyInvited,
    InvitationOver,
    NoSuchFriend,
    NoSuchInvitation,
    OwnInvitation,
    StillPlaying,
    TooManyInvitations,
)
from tournament.verified import NotVerified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed


@post(
    "/invitations",
    security=SIGNED_IN,
    responses={
        HTTP_200_OK: ResponseSpec(
            InvitationDetails,
            description="The same challenge again, not answered yet",
            generate_examples=False,
        ),
        **answers(
            Malformed,
            InvalidFields,
            NotVerified,
            PlayerGone,
            NoSuchFriend,
            AlreadyInvited,
            TooManyInvitations,
        ),
    },
)
async def invite(
    data: JSONBody[InvitationRequest],
    verified: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> Response[InvitationDetails]:
    """Challenge a friend for 2 min, or create a link for 1 h with which any player may accept."""
    shown, created = await service.invite(db_session, verified, data)
    return Response(shown, status_code=HTTP_201_CREATED if created else HTTP_200_OK)


@get("/invitations", security=SIGNED_IN, responses=answers())
async def list_open_invitations(
    player: NamedDependency[Player], db_session: NamedDependency[TimedSession]
) -> OpenInvitations:
    """Return the open invitations to the caller and from them."""
    return await service.list_open_invitations(db_session, player)


@get(
    "/invitations/{invitation_id:uuid}",
    security=SIGNED_IN,
    responses=answers(Malformed, NoSuchInvitation, InvitationOver),
)
async def show_invitation(
    invitation_id: FromPath[UUID],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> InvitationDetails:
    """Return an invitation; once it is accepted, only its two players see it."""
    return await service.show_invitation(db_session, player, invitation_id)


@post(
    "/invitations/{invitation_id:uuid}/acceptance",
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        NotVerified,
        PlayerGone,
        NoSuchInvitation,
        OwnInvitation,
        StillPlaying,
        AlreadyPlaying,
        InvitationOver,
    ),
)
async def accept_invitation(
    invitation_id: FromPath[UUID],
    verified: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> MatchReference:
    """Accept an invitation and return its match; the same match again if the caller has accepted it before."""
    return MatchReference(await service.accept_invitation(db_session, verified, invitation_id))


@delete(
    "/invitations/{invitation_id:uuid}",
    security=SIGNED_IN,
    responses=answers(Malformed, NoSuchInvitation),
)
async def end_invitation(
    invitation_id: FromPath[UUID],
    player: NamedDependency[Player],
    db_session: NamedDependency[AsyncSession],
) -> None:
    """Withdraw one's own invitation, or decline one. A match that was created from it goes on."""
    await service.end_invitation(db_session, player, invitation_id)


invitation_routes = Router(
    "/",
    route_handlers=[
        invite,
        list_open_invitations,
        show_invitation,
        accept_invitation,
        end_invitation,
    ],
)
