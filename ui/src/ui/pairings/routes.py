"""Routes of a pairing's page: its players, the ready check, and the redirect to the match."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import BracketDetails, MatchCall, PairingDetails
from transcendence_common.identity import Player
from transcendence_common.problems import NotFound
from ui.clients.backend import Refused, none_if_unavailable
from ui.clients.games import GamesClient
from ui.clients.tournaments import TournamentsClient
from ui.links import urls
from ui.online.current import current_match_id
from ui.online.errors import redirect_with_refusal
from ui.online.match_calls import match_calls_of
from ui.online.state import match_or_none
from ui.pages import PageRequest, render, requested_part
from ui.pairings.hotseat import HOTSEAT_ROUTES
from ui.pairings.pages import PairingPage
from ui.pairings.view import view_from_bracket, view_from_match_call
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.bracket_rounds import round_titles


@get("/tournaments/{tournament_id:uuid}/pairings/{number:int}")
async def show_pairing(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    visitor: NamedDependency[Player | None],
    tournaments: NamedDependency[TournamentsClient],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    """Show a pairing, and redirect its players to the match once it exists. The page asks again every few seconds."""
    token = session_of(request).access_token
    match_call = await _own_match_call(tournaments, token, tournament_id, number)
    if (
        match_call
        and match_call.match_id
        and await _is_match_running(games, match_call.match_id, token)
    ):
        return redirect_page(request, urls.online_match(match_call.match_id))
    if match_call and visitor and requested_part(request, PairingPage.parts):
        page = PairingPage(
            tournament_id=tournament_id,
            number=number,
            view=view_from_match_call(match_call, visitor.name),
            elsewhere=await _other_running_match(games, match_call, token),
        )
        return render(request, page)
    tournament, bracket = await asyncio.gather(
        tournaments.tournament(tournament_id, token), tournaments.bracket(tournament_id, token)
    )
    pairing = _find_pairing(bracket, number)
    if tournament.kind == "hotseat" and pairing.state != "over":
        return redirect_page(request, urls.hotseat(tournament_id))
    page = PairingPage(
        tournament_id=tournament_id,
        number=number,
        view=view_from_bracket(bracket, pairing, visitor.id if visitor else None, match_call),
        tournament=tournament,
        round=round_titles(bracket)[pairing.section, pairing.round],
        elsewhere=await _other_running_match(games, match_call, token),
    )
    return render(request, page)


@post("/tournaments/{tournament_id:uuid}/pairings/{number:int}/ready")
async def mark_ready(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    try:
        pairing = await tournaments.mark_ready(
            tournament_id, number, session_of(request).required_access_token()
        )
    except Refused as refused:
        return redirect_with_refusal(request, refused, urls.pairing(tournament_id, number))
    if pairing.state == "playing" and pairing.match_id:
        return redirect_page(request, urls.online_match(pairing.match_id))
    return redirect_page(request, urls.pairing(tournament_id, number))


async def _own_match_call(
    tournaments: TournamentsClient, token: str | None, tournament_id: UUID, number: int
) -> MatchCall | None:
    for each in await match_calls_of(tournaments, token):
        if (each.tournament_id, each.number) == (tournament_id, number):
            return each
    return None


async def _is_match_running(games: GamesClient, match_id: UUID, token: str | None) -> bool:
    """Tell whether a match is still on. A void match is not, and its pairing is called again."""
    match = await match_or_none(games, match_id, token)
    return match is not None and match.state != "void"


async def _other_running_match(
    games: GamesClient, match_call: MatchCall | None, token: str | None
) -> UUID | None:
    """Return the other match that prevents the player from being ready."""
    if (
        token is None
        or not match_call
        or match_call.why_not("ready") != TournamentCode.ALREADY_PLAYING
    ):
        return None
    return await none_if_unavailable(current_match_id(games, token))


def _find_pairing(bracket: BracketDetails, number: int) -> PairingDetails:
    for pairing in bracket.pairings:
        if pairing.number == number:
            return pairing
    raise NotFound("This match doesn’t exist in this tournament.")


PAIRING_ROUTES = [show_pairing, mark_ready, *HOTSEAT_ROUTES]
