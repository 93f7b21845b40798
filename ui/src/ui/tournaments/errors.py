"""Shows a refused action as a notice on the page with the current state."""

from typing import Any, Final

from litestar import Response

from contracts.tournament.problems import TournamentCode
from ui.account_settings.forms import CODES_NOT_ABOUT_THE_FORM, FormState
from ui.accounts.form_errors import errors_of_answer
from ui.clients.backend import BackendDown, Refused
from ui.flash import NOTICES, set_notice
from ui.pages import PageRequest
from ui.redirects import redirect_page
from ui.session.state import session_of

STATUSES_WITH_NOTICE: Final = frozenset({400, 403, 409})
"""Statuses shown as a notice, including errors of a field, because a form of one button has none. Missing or hidden
tournaments have an error page."""
CODES_OF_GONE_ENTRY: Final = frozenset({TournamentCode.NOT_ENTERED, TournamentCode.NO_SUCH_ENTRY})
TOURNAMENT_DOWN_TEXT: Final = (
    "Tournaments are unavailable right now. Nothing was changed; try again in a moment."
)


def redirect_with_refusal(request: PageRequest, refused: Refused, where: str) -> Response[Any]:
    """Redirect to a page that shows why an action was refused.

    Raises:
        Refused: the error is not about this action.
    """
    if refused.status not in STATUSES_WITH_NOTICE and refused.code not in CODES_OF_GONE_ENTRY:
        raise refused
    set_notice(session_of(request), _notice_key(refused.code))
    return redirect_page(request, where)


def refused_form(error: BackendDown | Refused, typed: dict[str, str]) -> FormState:
    """Return the state of a rejected form, with the typed values and the errors.

    Raises:
        Refused: the error is not about the form.
    """
    if isinstance(error, BackendDown):
        return FormState(status=503, values=typed, problem=TOURNAMENT_DOWN_TEXT)
    if error.code in CODES_NOT_ABOUT_THE_FORM or error.status not in {*STATUSES_WITH_NOTICE, 429}:
        raise error
    failed = errors_of_answer(error, _refusal_text(error.code))
    return FormState(
        status=failed.status, values=typed, errors=failed.errors, problem=failed.problem
    )


def _notice_key(code: str) -> str:
    own = f"tournament_{code}"
    return next((key for key in (own, code) if key in NOTICES), "games_refused")


def _refusal_text(code: str) -> str:
    return NOTICES[_notice_key(code)].text
