"""Removes secrets from the texts of exceptions, drivers and libraries in log lines.

The services' own fields have no secrets, because each of them is chosen. This is for texts from elsewhere.
"""

import re
import sys
import traceback
from collections.abc import Iterator

from structlog.typing import EventDict, WrappedLogger

FREE_TEXT_FIELDS = ("event", "error.message", "event.reason", "exception")
"""Fields that may contain texts from elsewhere, by structlog's names: the message, and the stack of an exception."""

_SECRET_PATTERNS = (
    # PostgreSQL: `Key (email_key)=(…) already exists`, a whole row, a value that does not fit its type.
    (re.compile(r"DETAIL:  .*"), "DETAIL:  <values>"),
    (re.compile(r"(invalid input for query argument \$\d+: ).*"), r"\1<value>"),
    (re.compile(r'(invalid input (?:syntax|value) for [\w "]+: )".*"'), r"\1<value>"),
    # Before addresses: a password may stand in front of the @.
    (re.compile(r"(://)[^/\s@]+@"), r"\1<credentials>@"),
    (re.compile(r"\?[\w.%\[\]-]+=[^\s'\"<>]*"), "?<query>"),
    # Matching starts at the beginning of a word and never backtracks: tried at each of its letters, a long word would
    # block the process for minutes. The same holds for the last pattern.
    (re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)*"), "<address>"),
    (re.compile(r"\beyJ[\w-]+(?:\.[\w-]*)+"), "<token>"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{16,}"), r"\1 <token>"),
    (re.compile(r"\$argon2\w*\$\S+"), "<hash>"),
    # Random strings such as tokens, codes in links and keys: long, with digits, small and capital letters.
    (
        re.compile(r"(?<![\w-])(?=[\w-]*[0-9])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32,}"),
        "<secret>",
    ),
)
_PLAIN_WORDS = re.compile(r"[a-z ]*")
"""Text in which no pattern finds anything, as nearly all messages are: one pattern instead of ten for each line."""


def add_error_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and stack, without the values that a database refused."""
    error = _exception_of(event.pop("exc_info", None))
    if error is not None:
        event.setdefault("error.type", type(error).__name__)
        event["exception"] = _stack_of(error)
    if isinstance(stack := event.pop("stack_info", None), str):
        event.setdefault("exception", stack)
    return event


def remove_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace addresses, tokens, queries and passwords in the free-text fields."""
    for field in FREE_TEXT_FIELDS:
        text = event.get(field)
        if isinstance(text, str):
            event[field] = mask_secrets(text)
    return event


def mask_secrets(text: str) -> str:
    """Return the text with a word in angle brackets in place of each secret."""
    if _PLAIN_WORDS.fullmatch(text):
        return text
    for pattern, instead in _SECRET_PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _exception_of(exc_info: object) -> BaseException | None:
    """Return the exception, in any of the forms that `logging` and structlog accept."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return _exception_of(exc_info[1])
    return sys.exc_info()[1] if exc_info else None


def _stack_of(error: BaseException) -> str:
    # Imported here, because ui has no database and would load both at its start.
    import asyncpg  # noqa: PLC0415
    from sqlalchemy.exc import StatementError  # noqa: PLC0415

    errors = list(_exception_chain(error, set()))
    for each in errors:
        if isinstance(each, StatementError):
            each.hide_parameters = True
    stack = "".join(traceback.format_exception(error)).rstrip("\n")
    for each in errors:
        # A value may have several lines, so no pattern would find its end.
        if isinstance(each, asyncpg.PostgresError | asyncpg.InterfaceError) and each.detail:
            # In the stack of an exception group, each line begins with bars.
            lines = r"\n[ |]*".join(re.escape(line) for line in each.detail.split("\n"))
            stack = re.sub(lines, "<values>", stack)
    return stack


def _exception_chain(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """Yield the exception, its causes, and the exceptions of a group."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    yield from _exception_chain(error.__cause__, seen)
    yield from _exception_chain(error.__context__, seen)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _exception_chain(each, seen)
