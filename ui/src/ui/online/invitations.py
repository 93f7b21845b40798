"""Challenges to friends, and invitations by link."""

from http import HTTPStatus
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from contracts.game import Points
from contracts.tournament.matchmaking import InvitationRequest
from ui.clients.backend import Refused
from ui.clients.games import GamesClient
from ui.flash import set_notice
from ui.links import safe_local_path, urls
from ui.online.errors import redirect_with_refusal, refusal_text
from ui.online.pages import InvitationOverPage, InvitationPage
from ui.pages import PageRequest, render
from ui.play.choices import DEFAULT_POINTS
from ui.redirects import redirect_page
from ui.session.state import session_of

STATUSES_OF_OVER: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class InvitationForm(msgspec.Struct, frozen=True):
    """The form for an invitation; without `to` it creates a link."""

    points: int = DEFAULT_POINTS
    rated: bool = True
    to: UUID | None = None
    next: str = ""


@post("/online/invitations")
async def create_invitation(
    request: PageRequest, data: URLEncodedBody[InvitationForm], games: NamedDependency[GamesClient]
) -> Response[Any]:
    session = session_of(request)
    where = safe_local_path(data.next) or urls.lobby
    wanted = InvitationRequest(to=data.to, points=cast("Points", data.points), rated=data.rated)
    try:
        invitation = await games.invite(wanted, session.required_access_token())
    except Refused as refused:
        return redirect_with_refusal(request, refused, where)
    if data.to is None:
        return redirect_page(request, urls.invitation(invitation.id))
    set_notice(session, "challenge_sent")
    return redirect_page(request, where)


@get("/invitations/{invitation_id:uuid}")
async def show_invitation(
    request: PageRequest,
    invitation_id: FromPath[UUID],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    try:
        invitation = await games.invitation(
            invitation_id, session_of(request).required_access_token()
        )
    except Refused as refused:
        if refused.status not in STATUSES_OF_OVER:
            raise
        return _show_invitation_over(request)
    if invitation.match_id:
        return redirect_page(request, urls.online_match(invitation.match_id))
    page = InvitationPage(
        invitation=invitation,
        why_not=refusal_text(invitation.why_not("accept")),
        link=f"https://{request.headers.get('Host', '')}{urls.invitation(invitation_id)}",
    )
    return render(request, page)


@post("/invitations/{invitation_id:uuid}/accept")
async def accept_invitation(
    request: PageRequest, invitation_id: FromPath[UUID], games: NamedDependency[GamesClient]
) -> Response[Any]:
    try:
        match = await games.accept_invitation(
            invitation_id, session_of(request).required_access_token()
        )
    except Refused as refused:
        return redirect_with_refusal(request, refused, urls.lobby)
    return redirect_page(request, urls.online_match(match.match_id))


@post("/invitations/{invitation_id:uuid}/decline")
async def decline_invitation(
    request: PageRequest, invitation_id: FromPath[UUID], games: NamedDependency[GamesClient]
) -> Response[Any]:
    return await _end_invitation(request, games, invitation_id, "invitation_declined")


@post("/invitations/{invitation_id:uuid}/withdraw")
async def withdraw_invitation(
    request: PageRequest, invitation_id: FromPath[UUID], games: NamedDependency[GamesClient]
) -> Response[Any]:
    return await _end_invitation(request, games, invitation_id, "invitation_withdrawn")


async def _end_invitation(
    request: PageRequest, games: GamesClient, invitation_id: UUID, notice: str
) -> Response[Any]:
    session = session_of(request)
    try:
        await games.end_invitation(invitation_id, session.required_access_token())
    except Refused as refused:
        return redirect_with_refusal(request, refused, urls.lobby)
    set_notice(session, notice)
    return redirect_page(request, urls.lobby)


def _show_invitation_over(request: PageRequest) -> Response[Any]:
    if "HX-Request" in request.headers:
        # A swapped block cannot show this page, so the browser loads the same address as a whole page.
        return redirect_page(request, request.url.path)
    return render(request, InvitationOverPage(), status=HTTPStatus.GONE)


INVITATION_ROUTES = [
    create_invitation,
    show_invitation,
    accept_invitation,
    decline_invitation,
    withdraw_invitation,
]
