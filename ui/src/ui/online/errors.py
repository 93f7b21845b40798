"""Shows an error of tournament as a notice on the next page."""

from typing import Any, Final

from litestar import Response

from ui.clients.backend import Refused
from ui.flash import NOTICES, set_notice
from ui.pages import PageRequest
from ui.redirects import redirect_page
from ui.session.state import session_of

STATUSES_WITH_NOTICE: Final = frozenset({403, 404, 409, 410})


def redirect_with_refusal(request: PageRequest, refused: Refused, where: str) -> Response[Any]:
    """Redirect to a page that shows why an action was refused.

    Raises:
        Refused: the error is not about this action.
    """
    if refused.status not in STATUSES_WITH_NOTICE:
        raise refused
    set_notice(session_of(request), _notice_key(refused.code))
    return redirect_page(request, where)


def refusal_text(code: str | None) -> str:
    """Return the text of an error code, or an empty text without one."""
    return NOTICES[_notice_key(code)].text if code else ""


def _notice_key(code: str) -> str:
    return code if code in NOTICES else "games_refused"
