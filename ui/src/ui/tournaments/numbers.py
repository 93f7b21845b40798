"""Parses typed numbers and times."""

from datetime import UTC, datetime
from math import isfinite


class NotANumber(ValueError):
    """A typed text is not a valid number or time; the message is shown to the user."""


def whole_number(typed: str, least: int, most: int) -> int | None:
    """Return the whole number, or None if nothing was typed.

    Raises:
        NotANumber
    """
    text = typed.strip()
    if not text:
        return None
    # int() would accept much more: underscores, signs, digits of other scripts, and any length.
    if text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most:
        return int(text[:9])
    raise NotANumber(f"Enter a number from {least} to {most}.")


def decimal_of(typed: str, least: float, most: float) -> float:
    """Return the decimal number.

    Raises:
        NotANumber: the text is invalid or empty.
    """
    try:
        number = float(typed)
    except ValueError:
        number = float("nan")
    if isfinite(number) and least <= number <= most:
        return number
    raise NotANumber(f"Enter a number from {least:g} to {most:g}.")


def moment_of(typed: str) -> datetime | None:
    """Return the time, in UTC unless the text has another zone, or None if nothing was typed.

    Raises:
        NotANumber
    """
    if not typed.strip():
        return None
    try:
        moment = datetime.fromisoformat(typed.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotANumber("Enter a date and time, such as 2027-03-14T18:30.") from error
