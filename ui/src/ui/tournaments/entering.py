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
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.errors import redirect_with_refusal


class EnterForm(msgspec.Struct, frozen=True):
    invitation: str = ""


@post("/tournaments/{tournament_id:uuid}/enter")
async def enter_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[EnterForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament(tournament_id, data.invitation)
    try:
        own = await tournaments.enter_tournament(
            tournament_id, data.invitation or None, session.required_access_token()
        )
    except Refused as refused:
        return redirect_with_refusal(request, refused, where)
    set_notice(session, "tournament_in_line" if own.state == "waiting" else "tournament_entered")
    return redirect_page(request, urls.tournament(tournament_id))


@post("/tournaments/{tournament_id:uuid}/leave")
async def leave_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    return await _perform_action(
        request, tournament_id, tournaments.leave_tournament, notice="tournament_left"
    )


@post("/tournaments/{tournament_id:uuid}/check-in")
async def check_in(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    return await _perform_action(
        request, tournament_id, tournaments.check_in, notice="tournament_checked_in"
    )


@post("/tournaments/{tournament_id:uuid}/return")
async def rejoin_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    return await _perform_action(
        request, tournament_id, tournaments.rejoin_tournament, notice="tournament_back_in"
    )


async def _perform_action(
    request: PageRequest,
    tournament_id: UUID,
    action: Callable[[UUID, str], Awaitable[object]],
    *,
    notice: str,
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament(tournament_id)
    try:
        await action(tournament_id, session.required_access_token())
    except Refused as refused:
        return redirect_with_refusal(request, refused, where)
    set_notice(session, notice)
    return redirect_page(request, where)


ENTERING_ROUTES = [enter_tournament, leave_tournament, check_in, rejoin_tournament]
