"""Errors of a submitted form: one sentence per field, or one for the form as a whole."""

from http import HTTPStatus
from typing import NamedTuple

from contracts.auth.problems import AuthCode
from transcendence_common.problems import FieldError
from ui.clients.backend import BackendDown, Refused

AUTH_DOWN_TEXT = "Accounts are unavailable right now. Nothing was changed; try again in a moment."
BUSY_TEXT = "Too many people are signing in right now. Wait a few seconds, then try again."
WRONG_CREDENTIALS_TEXT = (
    "The name or password is wrong. You can use an email address once it’s verified."
)
EMPTY_FIELD_TEXTS = {
    "username": "Enter your player name.",
    "email": "Enter your email address.",
    "password": "Enter your password.",
    "code": "Enter the code.",
}


class FormErrors(NamedTuple):
    """The HTTP status, one sentence per field, and one for the form as a whole."""

    status: int
    errors: dict[str, str]
    problem: str = ""


def empty_field_errors(**fields: str) -> FormErrors | None:
    errors = {name: EMPTY_FIELD_TEXTS[name] for name, value in fields.items() if not value.strip()}
    return FormErrors(HTTPStatus.BAD_REQUEST, errors) if errors else None


def errors_of_answer(error: BackendDown | Refused, otherwise: str = "") -> FormErrors:
    """Return the errors of auth's answer. `otherwise` replaces auth's own text if auth names no field."""
    if isinstance(error, BackendDown):
        words = BUSY_TEXT if error.problem.code == AuthCode.BUSY else AUTH_DOWN_TEXT
        return FormErrors(HTTPStatus.SERVICE_UNAVAILABLE, {}, words)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = f"Too many attempts. Wait {error.retry_after_seconds} s, then try again."
        return FormErrors(error.status, {}, wait)
    if error.errors:
        return FormErrors(error.status, _first_error_by_field(error.errors))
    return FormErrors(error.status, {}, otherwise or error.detail)


def _first_error_by_field(errors: tuple[FieldError, ...]) -> dict[str, str]:
    """Return the first message of each field, because people fix one error at a time."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(error.field, error.message)
    return found
