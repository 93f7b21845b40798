"""Shows an error of tournament as a notice on the next page."""

from typing import Any, Final

from litestar import Response

from ui.clients.backend import Refused
from ui.flash import NOTICES, flash
from ui.pages import PageRequest
from ui.redirects import go_to
from ui.session.state import session_of

SAID: Final = frozenset({403, 404, 409, 410})


def redirect_with_notice(request: PageRequest, refused: Refused, where: str) -> Response[Any]:
    """Redirect to a page that shows why an action was refused.

    Raises:
        Refused: the error is not about this action.
    """
    if refused.status not in SAID:
        raise refused
    flash(session_of(request), _notice(refused.code))
    return go_to(request, where)


def text_of(code: str | None) -> str:
    """Return the text of an error code, or an empty text without one."""
    return NOTICES[_notice(code)].text if code else ""


def _notice(code: str) -> str:
    return code if code in NOTICES else "games_refused"
