"""What a refusal of tournament leads to: a sentence on the next page."""

from typing import Any, Final

from litestar import Response
from litestar.response import Redirect

from ui.clients.backend import Refused
from ui.flash import NOTICES, flash
from ui.pages import PageRequest
from ui.session.state import session_of

SAID: Final = frozenset({403, 404, 409, 410})


def see_other(request: PageRequest, where: str) -> Response[Any]:
    """Go there, with a script or without."""
    if "HX-Request" in request.headers:
        return Response("", headers={"HX-Redirect": where})
    return Redirect(where, status_code=303)


def said_there(request: PageRequest, refused: Refused, where: str) -> Response[Any]:
    """Go there, where it is said why.

    Raises:
        Refused: it is not about this deed.
    """
    if refused.status not in SAID:
        raise refused
    flash(session_of(request), refused.code if refused.code in NOTICES else "games_refused")
    return see_other(request, where)
