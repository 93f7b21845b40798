"""Errors as problem details (RFC 9457): turns every exception into an answer."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

import msgspec
from litestar.exceptions import HTTPException, ValidationException
from litestar.plugins.problem_details import (
    ProblemDetailsConfig,
    ProblemDetailsException,
    ProblemDetailsPlugin,
)
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_500_INTERNAL_SERVER_ERROR

UNKNOWN_ADDRESS = "This address does not exist."


class FieldError(msgspec.Struct, frozen=True):
    """A field of a request with what is wrong with it, in words for the person who filled it in."""

    field: str
    message: str


class Problem(ProblemDetailsException):
    """An error that the caller is told about.

    A subclass sets `code` (stable, snake_case, the last part of `type`), `status` and `title_text`. `detail` says what
    happened this time, `errors` lists the wrong fields, `headers` are added to the answer.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = HTTP_400_BAD_REQUEST
    title_text: ClassVar[str] = "The request could not be completed"

    def __init__(
        self,
        detail: str,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        extra: dict[str, object] = {"code": self.code}
        if errors:
            extra["errors"] = [msgspec.to_builtins(error) for error in errors]
        super().__init__(
            detail=detail,
            status_code=self.status,
            type_=f"/problems/{self.code}",
            title=self.title_text,
            extra=extra,
            headers=dict(headers) if headers else None,
        )
        self.errors = errors


class NotSignedIn(Problem):
    """The request has no valid access token."""

    code = "not_signed_in"
    status = 401
    title_text = "Sign in first"

    def __init__(self, detail: str = "This needs a valid access token.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """The caller is known, but may not do this."""

    code = "forbidden"
    status = 403
    title_text = "Not allowed"


class NotFound(Problem):
    """The thing does not exist, or not for this caller."""

    code = "not_found"
    status = 404
    title_text = "Not found"


class Conflict(Problem):
    """The thing exists already, or is in another state than the request assumes."""

    code = "conflict"
    status = 409
    title_text = "Conflict with the current state"


class Malformed(Problem):
    """The body cannot be read as this handler requires."""

    code = "malformed"
    title_text = "The request could not be read"


class InvalidFields(Problem):
    """The body was understood, but some of its fields break a rule."""

    code = "invalid"
    status = 400
    title_text = "Some fields need attention"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(error.message for error in errors), errors=errors)


class Unavailable(Problem):
    """Something that the request needs is unavailable; the same request may succeed later."""

    code = "unavailable"
    status = 503
    title_text = "Not available right now"

    RETRY_AFTER_SECONDS: ClassVar[int] = 5

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": str(self.RETRY_AFTER_SECONDS)})


def problem_details() -> ProblemDetailsPlugin:
    """Return the plugin that answers every exception of a service with `application/problem+json`."""
    return ProblemDetailsPlugin(
        ProblemDetailsConfig(exception_to_problem_detail_map={Exception: problem_of})
    )


def problem_of(error: Exception) -> ProblemDetailsException:
    """Return the problem with which an exception is answered."""
    if isinstance(error, ValidationException):
        return _from_validation(error)
    if isinstance(error, HTTPException):
        return _from_http(error)
    return _InternalError(
        "Something went wrong on our side. It has been logged; try again in a minute."
    )


def _from_validation(error: ValidationException) -> ProblemDetailsException:
    found = error.extra if isinstance(error.extra, list) else []
    errors = [_field_error(item) for item in found if isinstance(item, dict)]
    if not errors:
        return Malformed(error.detail)
    if any(error.field == WHOLE_BODY for error in errors):
        return Malformed("The body must be a JSON object with the fields that the schema names.")
    return InvalidFields(*errors)


def _field_error(item: Mapping[str, object]) -> FieldError:
    message = str(item.get("message", ""))
    if missing := _MISSING_FIELD.fullmatch(message):
        return FieldError(missing[1], "This field is required.")
    return FieldError(str(item.get("key", "")), message)


def _from_http(error: HTTPException) -> ProblemDetailsException:
    if isinstance(error, ProblemDetailsException):
        return error
    if error.status_code == Malformed.status:
        return Malformed(error.detail)
    code, detail = _FRAMEWORK_ERRORS.get(error.status_code, ("error", error.detail))
    return ProblemDetailsException(
        detail=detail,
        status_code=error.status_code,
        type_=f"/problems/{code}",
        title=_TITLES.get(code) or HTTPStatus(error.status_code).phrase.capitalize(),
        extra={"code": code},
        headers=error.headers,
    )


class _InternalError(Problem):
    code = "internal_error"
    status = HTTP_500_INTERNAL_SERVER_ERROR
    title_text = "Something went wrong"


WHOLE_BODY = "data"
"""Litestar's name for the body, where no single field is at fault."""
_MISSING_FIELD = re.compile(r"Object missing required field `(\w+)`")

_TITLES = {
    each.code: each.title_text
    for each in (NotSignedIn, Forbidden, NotFound, Unavailable, _InternalError)
}
"""Titles of the codes below: a code has one title, whether the service or Litestar raises it."""

_FRAMEWORK_ERRORS = {
    401: ("not_signed_in", "This needs a valid access token."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", UNKNOWN_ADDRESS),
    405: ("method_not_allowed", "This address does not support that method."),
    413: ("too_large", "The body is too large for this address."),
    415: ("unsupported_media_type", "This address does not accept bodies of that type."),
    429: ("too_many_requests", "Wait a moment, then try again."),
    500: (
        "internal_error",
        "Something went wrong on our side. It has been logged; try again in a minute.",
    ),
    503: ("unavailable", "This is unavailable right now. Try again in a moment."),
}
"""Code and detail, by status, of errors that Litestar raises itself."""
