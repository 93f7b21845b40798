"""What a refusal of an action leads to: a sentence on the page that shows how things are by now."""

from typing import Any, Final

from litestar import Response

from contracts.tournament.problems import TournamentCode
from ui.account_settings.forms import NOT_ABOUT_THE_FORM, FormState
from ui.accounts.form_errors import about_answer
from ui.clients.backend import BackendDown, Refused
from ui.flash import NOTICES, flash
from ui.pages import PageRequest
from ui.redirects import go_to
from ui.session.state import session_of

SAID: Final = frozenset({400, 403, 409})
"""Also a field: a form that is one button has none. What is not there, or not to be seen, is a page of its own."""
GONE: Final = frozenset({TournamentCode.NOT_ENTERED, TournamentCode.NO_SUCH_ENTRY})
AWAY: Final = "Tournaments are unavailable right now. Nothing was changed; try again in a moment."


def redirect_with_notice(request: PageRequest, refused: Refused, where: str) -> Response[Any]:
    """Go there, where it is said why.

    Raises:
        Refused: it is not about this action.
    """
    if refused.status not in SAID and refused.code not in GONE:
        raise refused
    flash(session_of(request), _notice(refused.code))
    return go_to(request, where)


def refused_form(error: BackendDown | Refused, typed: dict[str, str]) -> FormState:
    """The form with what was typed, and what is wrong with that.

    Raises:
        Refused: it is not about the form.
    """
    if isinstance(error, BackendDown):
        return FormState(status=503, values=typed, problem=AWAY)
    if error.code in NOT_ABOUT_THE_FORM or error.status not in {*SAID, 429}:
        raise error
    failed = about_answer(error, _words(error.code))
    return FormState(
        status=failed.status, values=typed, errors=failed.errors, problem=failed.problem
    )


def _notice(code: str) -> str:
    own = f"tournament_{code}"
    return next((key for key in (own, code) if key in NOTICES), "games_refused")


def _words(code: str) -> str:
    return NOTICES[_notice(code)].text
