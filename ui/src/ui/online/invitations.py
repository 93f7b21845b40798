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
from ui.flash import flash
from ui.links import local_path, urls
from ui.online.errors import redirect_with_notice, text_of
from ui.online.pages import InvitationOverPage, InvitationPage
from ui.pages import PageRequest, render
from ui.play.choices import FIRST_POINTS
from ui.redirects import go_to
from ui.session.state import session_of

OVER: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class InvitationForm(msgspec.Struct, frozen=True):
    """The form for an invitation; without `to` it creates a link."""

    points: int = FIRST_POINTS
    rated: bool = True
    to: UUID | None = None
    next: str = ""


@post("/online/invitations")
async def invite(
    request: PageRequest, data: URLEncodedBody[InvitationForm], games: NamedDependency[GamesClient]
) -> Response[Any]:
    session = session_of(request)
    where = local_path(data.next) or urls.lobby
    wanted = InvitationRequest(to=data.to, points=cast("Points", data.points), rated=data.rated)
    try:
        invitation = await games.invite(wanted, session.bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, where)
    if data.to is None:
        return go_to(request, urls.invitation(invitation.id))
    flash(session, "challenge_sent")
    return go_to(request, where)


@get("/invitations/{invitation_id:uuid}")
async def show_invitation(
    request: PageRequest,
    invitation_id: FromPath[UUID],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    try:
        invitation = await games.invitation(invitation_id, session_of(request).bearer())
    except Refused as refused:
        if refused.status not in OVER:
            raise
        return _over(request)
    if invitation.match_id:
        return go_to(request, urls.online_match(invitation.match_id))
    page = InvitationPage(
        invitation=invitation,
        why_not=text_of(invitation.why_not("accept")),
        link=f"https://{request.headers.get('Host', '')}{urls.invitation(invitation_id)}",
    )
    return render(request, page)


@post("/invitations/{invitation_id:uuid}/accept")
async def accept(
    request: PageRequest, invitation_id: FromPath[UUID], games: NamedDependency[GamesClient]
) -> Response[Any]:
    try:
        match = await games.accept(invitation_id, session_of(request).bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, urls.lobby)
    return go_to(request, urls.online_match(match.match_id))


@post("/invitations/{invitation_id:uuid}/decline")
async def decline(
    request: PageRequest, invitation_id: FromPath[UUID], games: NamedDependency[GamesClient]
) -> Response[Any]:
    return await _end(request, games, invitation_id, "invitation_declined")


@post("/invitations/{invitation_id:uuid}/withdraw")
async def withdraw(
    request: PageRequest, invitation_id: FromPath[UUID], games: NamedDependency[GamesClient]
) -> Response[Any]:
    return await _end(request, games, invitation_id, "invitation_withdrawn")


async def _end(
    request: PageRequest, games: GamesClient, invitation_id: UUID, notice: str
) -> Response[Any]:
    session = session_of(request)
    try:
        await games.end_invitation(invitation_id, session.bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, urls.lobby)
    flash(session, notice)
    return go_to(request, urls.lobby)


def _over(request: PageRequest) -> Response[Any]:
    if "HX-Request" in request.headers:
        # A swapped block cannot show this page, so the browser loads the same address as a whole page.
        return go_to(request, request.url.path)
    return render(request, InvitationOverPage(), status=HTTPStatus.GONE)


INVITATIONS = [invite, show_invitation, accept, decline, withdraw]
