"""Players' actions on their own entry: enter, leave, check in, come back. Each is a form of one button."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from ui.clients.backend import Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import flash
from ui.links import urls
from ui.pages import PageRequest
from ui.redirects import go_to
from ui.session.state import session_of
from ui.tournaments.errors import redirect_with_notice


class EnterForm(msgspec.Struct, frozen=True):
    invitation: str = ""


@post("/tournaments/{tournament_id:uuid}/enter")
async def enter(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[EnterForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament(tournament_id, data.invitation)
    try:
        own = await tournaments.enter(tournament_id, data.invitation or None, session.bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, where)
    flash(session, "tournament_in_line" if own.state == "waiting" else "tournament_entered")
    return go_to(request, urls.tournament(tournament_id))


@post("/tournaments/{tournament_id:uuid}/leave")
async def leave(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    return await _do(request, tournament_id, tournaments.leave, notice="tournament_left")


@post("/tournaments/{tournament_id:uuid}/check-in")
async def check_in(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    return await _do(request, tournament_id, tournaments.check_in, notice="tournament_checked_in")


@post("/tournaments/{tournament_id:uuid}/return")
async def come_back(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    return await _do(request, tournament_id, tournaments.come_back, notice="tournament_back_in")


async def _do(
    request: PageRequest,
    tournament_id: UUID,
    action: Callable[[UUID, str], Awaitable[object]],
    *,
    notice: str,
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament(tournament_id)
    try:
        await action(tournament_id, session.bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, where)
    flash(session, notice)
    return go_to(request, where)


ENTERING = [enter, leave, check_in, come_back]
