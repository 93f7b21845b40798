"""The state of one of several forms on a page: typed values and errors."""

from typing import Final

import msgspec

from contracts.auth.problems import AuthCode
from ui.accounts.form_errors import errors_of_answer
from ui.clients.backend import BackendDown, Refused

CODES_NOT_ABOUT_THE_FORM: Final = frozenset(
    {AuthCode.CONFIRMATION_REQUIRED, AuthCode.SESSION_OVER, "not_signed_in"}
)
"""Errors of the whole request, not of the form: they lead to another page, which leads back to the unchanged form."""


class FormState(msgspec.Struct, frozen=True, kw_only=True):
    """A form's state. `values` never contains a password; `problem` is about the form as a whole; `status` is the HTTP
    status."""

    status: int = 200
    values: dict[str, str] = msgspec.field(default_factory=dict)
    errors: dict[str, str] = msgspec.field(default_factory=dict)
    problem: str = ""


UNTOUCHED_FORM: Final = FormState()


def form_with_errors(errors: dict[str, str], **typed: str) -> FormState | None:
    """Return the state of a form with the errors that are not empty, or None if all are."""
    found = {name: message for name, message in errors.items() if message}
    return FormState(status=400, values=typed, errors=found) if found else None


def refused_form(error: BackendDown | Refused, **typed: str) -> FormState:
    """Return the state of a form that auth rejected, with the typed values.

    Raises:
        Refused: the error is not about the form.
    """
    if isinstance(error, Refused) and error.code in CODES_NOT_ABOUT_THE_FORM:
        raise error
    failed = errors_of_answer(error)
    return FormState(
        status=failed.status,
        values=typed,
        errors=failed.errors,
        problem=failed.problem,
    )


def error_if_empty(value: str, message: str) -> str:
    return "" if value.strip() else message
