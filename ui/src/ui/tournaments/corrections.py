"""The organiser's corrections of a match's result."""

import asyncio
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import (
    LONGEST_REASON,
    BracketDetails,
    CorrectionRequest,
    PairingDetails,
    TournamentDetails,
)
from transcendence_common.problems import NotFound
from ui.account_settings.forms import UNTOUCHED_FORM, FormState, form_with_errors
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import set_notice
from ui.links import urls
from ui.pages import Page, PageRequest, render
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.access import load_organised_tournament
from ui.tournaments.bracket_cards import BracketReader, Card, CardFactory, was_decided
from ui.tournaments.errors import refused_form

NO_WINNER: Final = "neither"


class CorrectionForm(msgspec.Struct, frozen=True):
    winner: str = ""
    """A seed, or NO_WINNER."""
    reason: str = ""


class CorrectionPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/correction.html"

    tournament: TournamentDetails
    tab: str = "bracket"
    card: Card
    outcome: str
    form: FormState = UNTOUCHED_FORM
    longest_reason: int = LONGEST_REASON


class CorrectionTarget(msgspec.Struct, frozen=True):
    """The pairing to correct, with its tournament and bracket."""

    tournament: TournamentDetails
    bracket: BracketDetails
    pairing: PairingDetails


@get("/tournaments/{tournament_id:uuid}/pairings/{number:int}/correction")
async def show_correction(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    found = await _load_correction_target(request, tournaments, tournament_id, number)
    if not was_decided(found.pairing):
        set_notice(session_of(request), TournamentCode.NOT_OVER)
        return redirect_page(request, _card_address(tournament_id, number))
    return _show_form(request, found)


@post("/tournaments/{tournament_id:uuid}/pairings/{number:int}/correction", status_code=200)
async def correct_result(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    data: URLEncodedBody[CorrectionForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    found = await _load_correction_target(request, tournaments, tournament_id, number)
    if form := form_with_errors(_form_errors(data, found.pairing), **_typed_values(data)):
        return _show_form(request, found, form)
    winner = None if data.winner == NO_WINNER else int(data.winner)
    correction = CorrectionRequest(winner, data.reason.strip())
    try:
        await tournaments.correct_result(
            tournament_id, number, correction, session_of(request).required_access_token()
        )
    except (BackendDown, Refused) as error:
        return _show_refused_correction(request, found, data, error)
    set_notice(session_of(request), "result_corrected")
    return redirect_page(request, _card_address(tournament_id, number))


async def _load_correction_target(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID, number: int
) -> CorrectionTarget:
    tournament, bracket = await asyncio.gather(
        load_organised_tournament(request, tournaments, tournament_id),
        tournaments.bracket(tournament_id, session_of(request).access_token),
    )
    for pairing in bracket.pairings:
        if pairing.number == number:
            return CorrectionTarget(tournament, bracket, pairing)
    raise NotFound("This match doesn’t exist.")


def _form_errors(data: CorrectionForm, pairing: PairingDetails) -> dict[str, str]:
    reason = data.reason.strip()
    possible = {NO_WINNER, str(pairing.one), str(pairing.other)}
    if not reason:
        about_reason = "Give a reason. Everyone who can see the tournament can read it."
    elif len(reason) > LONGEST_REASON:
        about_reason = f"Use at most {LONGEST_REASON} characters."
    else:
        about_reason = ""
    about_winner = "" if data.winner in possible else "Choose the winner, or neither."
    return {"winner": about_winner, "reason": about_reason}


def _show_refused_correction(
    request: PageRequest,
    found: CorrectionTarget,
    data: CorrectionForm,
    error: BackendDown | Refused,
) -> Response[Any]:
    if isinstance(error, Refused) and error.code == TournamentCode.NOT_OVER:
        set_notice(session_of(request), TournamentCode.NOT_OVER)
        return redirect_page(request, _card_address(found.tournament.id, found.pairing.number))
    if isinstance(error, Refused) and error.code == TournamentCode.ALREADY_FOLLOWED:
        problem = _text_about_following_matches(found, error.problem.pairings)
        form = FormState(status=error.status, values=_typed_values(data), problem=problem)
    else:
        form = refused_form(error, _typed_values(data))
    return _show_form(request, found, form)


def _text_about_following_matches(found: CorrectionTarget, numbers: tuple[int, ...]) -> str:
    tournament, bracket = found.tournament, found.bracket
    names = {each.seed: each.name for each in bracket.entrants}
    named = [
        f"match {each.number} ({names.get(each.one or 0, '?')} against {names.get(each.other or 0, '?')})"
        for each in bracket.pairings
        if each.number in numbers
    ]
    what = " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]])) or "a later match"
    words = f"You can’t correct this result: {what} already followed from it."
    if tournament.kind == "online" and tournament.may("disqualify"):
        words += " To stop a player from advancing, disqualify them on the Players page."
    return words


def _show_form(
    request: PageRequest, found: CorrectionTarget, form: FormState = UNTOUCHED_FORM
) -> Response[Any]:
    cards = CardFactory(found.tournament.id, found.tournament.kind, found.bracket, BracketReader())
    card = cards.make_card(found.pairing)
    page = CorrectionPage(
        tournament=found.tournament, card=card, outcome=_outcome_text(card), form=form
    )
    return render(request, page, status=form.status)


def _outcome_text(card: Card) -> str:
    winner = card.one if card.one.won else card.other if card.other.won else None
    if winner is None:
        return "Neither player won."
    score = f" {winner.score} to {_loser_score(card)}" if winner.score is not None else ""
    how = f" ({card.words.lower()})" if card.words else ""
    return f"{winner.name} won{score}{how}."


def _loser_score(card: Card) -> int | None:
    return card.other.score if card.one.won else card.one.score


def _typed_values(data: CorrectionForm) -> dict[str, str]:
    return {"winner": data.winner, "reason": data.reason}


def _card_address(tournament_id: UUID, number: int) -> str:
    return f"{urls.tournament_bracket(tournament_id)}#pairing-{number}"


CORRECTION_ROUTES = [show_correction, correct_result]
