"""Pages of a hotseat tournament: the next match is announced, played on the page, and submitted."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import BracketDetails, HotseatTicket, PairingDetails
from transcendence_common.identity import Player
from transcendence_common.problems import Conflict
from ui.caching import NO_STORE
from ui.clients.backend import BackendDown, Refused
from ui.clients.history import HistoryClient
from ui.clients.tournaments import TournamentsClient
from ui.links import urls
from ui.pages import PageRequest, render
from ui.pairings.pages import Announced, Announcement, HotseatPage, Ranked, RankingPage
from ui.play.submission import access_token_for_script, parse_finished_match
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.access import is_hosted_by
from ui.tournaments.bracket_cards import was_decided
from ui.tournaments.bracket_rounds import round_titles

FOLLOWING_MATCHES_SHOWN: Final = 3
"""Upcoming matches shown: enough for players to know that they are needed soon."""
STATES_TO_PLAY_NOW: Final = frozenset({"called", "playing"})
BEGUN_STATES: Final = frozenset({"running", "finished"})


class PairingAlreadyPlayed(Conflict):
    """The match was already played, and its answer was lost; it must not be played again in vain."""

    code = TournamentCode.PLAYED_ALREADY

    def __init__(self) -> None:
        super().__init__("This match has already been played, and its result counts.")


class MatchNoLongerCounts(Conflict):
    """The match no longer counts: its tournament is over, or its pairing has another match."""

    code = "counts_nowhere"

    def __init__(self) -> None:
        super().__init__(
            "This match doesn’t count: the tournament was cancelled,"
            " or the match was restarted in another window."
        )


@get("/tournaments/{tournament_id:uuid}/hotseat")
async def show_hotseat(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    player: NamedDependency[Player],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    token = session_of(request).required_access_token()
    tournament = await tournaments.tournament(tournament_id, token)
    is_here = tournament.kind == "hotseat" and is_hosted_by(tournament, player.id)
    if not is_here or tournament.state not in BEGUN_STATES:
        return redirect_page(request, urls.tournament(tournament_id))
    bracket = await tournaments.bracket(tournament_id, token)
    announcement = _next_announcement(bracket) if bracket.state == "running" else None
    if announcement is None:
        return render(request, RankingPage(tournament=tournament, ranking=_final_ranking(bracket)))
    page = HotseatPage(
        tournament=tournament,
        next=announcement,
        owner=f"{player.id}:{tournament_id}:{announcement.number}",
        player_name=player.name,
    )
    return render(request, page)


@post("/tournaments/{tournament_id:uuid}/pairings/{number:int}/ticket", status_code=200)
async def open_hotseat_ticket(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[HotseatTicket]:
    token = access_token_for_script(request)
    if await _is_played(tournaments, tournament_id, number, token):
        raise PairingAlreadyPlayed
    ticket = await tournaments.issue_hotseat_ticket(tournament_id, number, token)
    return Response(ticket, headers=NO_STORE)


@post("/tournaments/{tournament_id:uuid}/pairings/{number:int}/match", status_code=200)
async def finish_hotseat_match(
    *,
    request: PageRequest,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    body: RawBody,
    history: NamedDependency[HistoryClient],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[PairingDetails]:
    """Submit a hotseat match to history, then to tournament. The script repeats it until both have stored the
    result."""
    token = access_token_for_script(request)
    match = await history.finish_match(parse_finished_match(body), token)
    try:
        pairing = await tournaments.take_hotseat_result(tournament_id, number, token)
    except Refused as refused:
        if refused.code != TournamentCode.NOT_PLAYED_YET:
            raise
        if await _no_longer_counts(tournaments, tournament_id, number, match.id, token):
            raise MatchNoLongerCounts from refused
        # History has just stored the match, so the page must try again rather than give up.
        raise BackendDown(tournaments.name) from refused
    return Response(pairing, headers=NO_STORE)


async def _is_played(
    tournaments: TournamentsClient, tournament_id: UUID, number: int, token: str
) -> bool:
    try:
        await tournaments.take_hotseat_result(tournament_id, number, token)
    except Refused as refused:
        if refused.status != HTTPStatus.CONFLICT:
            raise
        return False
    return True


async def _no_longer_counts(
    tournaments: TournamentsClient, tournament_id: UUID, number: int, match_id: UUID, token: str
) -> bool:
    """Tell whether tournament can never accept a result of this match."""
    bracket = await tournaments.bracket(tournament_id, token)
    pairing = next((each for each in bracket.pairings if each.number == number), None)
    return bracket.state != "running" or pairing is None or pairing.match_id != match_id


def _next_announcement(bracket: BracketDetails) -> Announcement | None:
    """Return the first pairing that can be played, in the order of play."""
    names = {each.seed: each.name for each in bracket.entrants}
    titles = round_titles(bracket)
    known = [each for each in bracket.pairings if each.state != "over" and each.one and each.other]
    up_next = [each for each in known if each.state in STATES_TO_PLAY_NOW]
    if not up_next:
        return None
    pairing = up_next[0]

    def sides(each: PairingDetails) -> Announced:
        return Announced(names.get(each.one or 0, ""), names.get(each.other or 0, ""))

    now = sides(pairing)
    later = [sides(each) for each in known if each.number > pairing.number]
    return Announcement(
        number=pairing.number,
        round=titles[pairing.section, pairing.round],
        played=sum(map(was_decided, bracket.pairings)),
        left=now.left,
        right=now.right,
        begun=pairing.match_id is not None,
        then=later[:FOLLOWING_MATCHES_SHOWN],
    )


def _final_ranking(bracket: BracketDetails) -> list[Ranked]:
    names = {each.seed: each.name for each in bracket.entrants}
    return [Ranked(names.get(each.seed, ""), each) for each in bracket.standings]


HOTSEAT_ROUTES = [show_hotseat, open_hotseat_ticket, finish_hotseat_match]
