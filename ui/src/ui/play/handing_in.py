"""What the court's script needs of every page that lets it hand a match in."""

import msgspec
from litestar.exceptions import ValidationException

from ui.clients.backend import BackendDown
from ui.clients.history import FinishedMatch
from ui.pages import PageRequest
from ui.session.state import session_of


def script_token(request: PageRequest) -> str:
    """Return the token of whoever plays.

    Raises:
        BackendDown: the session could not be renewed just now.
        NotSignedIn: there is none.
    """
    session = session_of(request)
    if session.unsure and session.access_token is None:
        # To the script 401 means "sign in again" and 503 "try again": this is the second.
        raise BackendDown("auth")
    return session.bearer()


def read_finished(body: bytes) -> FinishedMatch:
    """Return the match that a script hands in.

    Raises:
        ValidationException: it is none.
    """
    # Litestar would decode the whole log only to encode it again; here it stays the bytes that came.
    try:
        return msgspec.json.decode(body, type=FinishedMatch)
    except msgspec.MsgspecError as error:
        raise ValidationException(detail=str(error)) from error
