"""Shows a refused action as a notice on the page with the current state."""

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
"""Statuses shown as a notice, including errors of a field, because a form of one button has none. Missing or hidden
tournaments have an error page."""
GONE: Final = frozenset({TournamentCode.NOT_ENTERED, TournamentCode.NO_SUCH_ENTRY})
AWAY: Final = "Tournaments are unavailable right now. Nothing was changed; try again in a moment."


def redirect_with_notice(request: PageRequest, refused: Refused, where: str) -> Response[Any]:
    """Redirect to a page that shows why an action was refused.

    Raises:
        Refused: the error is not about this action.
    """
    if refused.status not in SAID and refused.code not in GONE:
        raise refused
    flash(session_of(request), _notice(refused.code))
    return go_to(request, where)


def refused_form(error: BackendDown | Refused, typed: dict[str, str]) -> FormState:
    """Return the state of a rejected form, with the typed values and the errors.

    Raises:
        Refused: the error is not about the form.
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
