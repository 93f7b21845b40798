"""One form of several on a page: what was typed into it, and what is wrong with that."""

from typing import Final

import msgspec

from contracts.auth.problems import AuthCode
from ui.accounts.form_errors import about_answer
from ui.clients.backend import BackendDown, Refused

NOT_ABOUT_THE_FORM: Final = frozenset(
    {AuthCode.CONFIRMATION_REQUIRED, AuthCode.SESSION_OVER, "not_signed_in"}
)
"""Refusals of the whole request: whoever comes back from there finds the form as it was."""


class FormState(msgspec.Struct, frozen=True, kw_only=True):
    """`values` never holds a password; `problem` is about the form as a whole. `status` is what to answer with."""

    status: int = 200
    values: dict[str, str] = msgspec.field(default_factory=dict)
    errors: dict[str, str] = msgspec.field(default_factory=dict)
    problem: str = ""


UNTOUCHED: Final = FormState()


def incomplete(errors: dict[str, str], **typed: str) -> FormState | None:
    """A form to be filled in once more where `errors` says something of a field; else None."""
    found = {name: message for name, message in errors.items() if message}
    return FormState(status=400, values=typed, errors=found) if found else None


def refused(error: BackendDown | Refused, **typed: str) -> FormState:
    """The form that auth refused, with what was typed.

    Raises:
        Refused: it is not about the form.
    """
    if isinstance(error, Refused) and error.code in NOT_ABOUT_THE_FORM:
        raise error
    failed = about_answer(error)
    return FormState(
        status=failed.status,
        values=typed,
        errors=failed.errors,
        problem=failed.problem,
    )


def missing(value: str, message: str) -> str:
    return "" if value.strip() else message
