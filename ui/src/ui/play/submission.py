"""Helpers for routes at which the game script submits a match."""

import msgspec
from litestar.exceptions import ValidationException

from ui.clients.backend import BackendDown
from ui.clients.history import FinishedMatch
from ui.pages import PageRequest
from ui.session.state import session_of


def access_token_for_script(request: PageRequest) -> str:
    """Return the access token that the session middleware found, for a call of the game script.

    Raises:
        BackendDown: auth is unavailable, so the session could not be checked or renewed.
        NotSignedIn: there is no session.
    """
    session = session_of(request)
    if session.unsure and session.access_token is None:
        # For the script 401 means "sign in again" and 503 means "try again"; here the second is right.
        raise BackendDown("auth")
    return session.required_access_token()


def parse_finished_match(body: bytes) -> FinishedMatch:
    """Return the match that a script submits.

    Raises:
        ValidationException: the body is malformed.
    """
    # Litestar would decode the whole log only to encode it again; here it is passed on as bytes.
    try:
        return msgspec.json.decode(body, type=FinishedMatch)
    except msgspec.MsgspecError as error:
        raise ValidationException(detail=str(error)) from error
