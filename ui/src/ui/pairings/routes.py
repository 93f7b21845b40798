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
from ui.clients.backend import Refused, unless_away
from ui.clients.games import GamesClient
from ui.clients.tournaments import TournamentsClient
from ui.links import urls
from ui.online.current import current_match
from ui.online.errors import redirect_with_notice
from ui.online.match_calls import match_calls_of
from ui.online.state import match_or_none
from ui.pages import PageRequest, render, wanted_part
from ui.pairings.hotseat import HOTSEAT
from ui.pairings.pages import PairingPage
from ui.pairings.view import seen_by_player, seen_in
from ui.redirects import go_to
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
    match_call = await _match_calls(tournaments, token, tournament_id, number)
    if match_call and match_call.match_id and await _is_on(games, match_call.match_id, token):
        return go_to(request, urls.online_match(match_call.match_id))
    if match_call and visitor and wanted_part(request, PairingPage.parts):
        page = PairingPage(
            tournament_id=tournament_id,
            number=number,
            view=seen_by_player(match_call, visitor.name),
            elsewhere=await _elsewhere(games, match_call, token),
        )
        return render(request, page)
    tournament, bracket = await asyncio.gather(
        tournaments.tournament(tournament_id, token), tournaments.bracket(tournament_id, token)
    )
    pairing = _pairing(bracket, number)
    if tournament.kind == "hotseat" and pairing.state != "over":
        return go_to(request, urls.hotseat(tournament_id))
    page = PairingPage(
        tournament_id=tournament_id,
        number=number,
        view=seen_in(bracket, pairing, visitor.id if visitor else None, match_call),
        tournament=tournament,
        round=round_titles(bracket)[pairing.section, pairing.round],
        elsewhere=await _elsewhere(games, match_call, token),
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
        pairing = await tournaments.ready(tournament_id, number, session_of(request).bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, urls.pairing(tournament_id, number))
    if pairing.state == "playing" and pairing.match_id:
        return go_to(request, urls.online_match(pairing.match_id))
    return go_to(request, urls.pairing(tournament_id, number))


async def _match_calls(
    tournaments: TournamentsClient, token: str | None, tournament_id: UUID, number: int
) -> MatchCall | None:
    for each in await match_calls_of(tournaments, token):
        if (each.tournament_id, each.number) == (tournament_id, number):
            return each
    return None


async def _is_on(games: GamesClient, match_id: UUID, token: str | None) -> bool:
    """Tell whether a match is still on. A void match is not, and its pairing is called again."""
    match = await match_or_none(games, match_id, token)
    return match is not None and match.state != "void"


async def _elsewhere(
    games: GamesClient, match_call: MatchCall | None, token: str | None
) -> UUID | None:
    """Return the other match that prevents the player from being ready."""
    if (
        token is None
        or not match_call
        or match_call.why_not("ready") != TournamentCode.ALREADY_PLAYING
    ):
        return None
    return await unless_away(current_match(games, token))


def _pairing(bracket: BracketDetails, number: int) -> PairingDetails:
    for pairing in bracket.pairings:
        if pairing.number == number:
            return pairing
    raise NotFound("This match doesn’t exist in this tournament.")


PAIRINGS = [show_pairing, mark_ready, *HOTSEAT]
