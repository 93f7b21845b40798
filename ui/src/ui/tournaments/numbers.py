"""What people type where a number or a time is wanted."""

from datetime import UTC, datetime
from math import isfinite


class NotANumber(ValueError):
    """Said to whoever typed it."""


def whole_of(typed: str, least: int, most: int) -> int | None:
    """Return the number, None where nothing was typed.

    Raises:
        NotANumber
    """
    text = typed.strip()
    if not text:
        return None
    # int() would take much more: underscores, signs, the digits of other scripts at any length.
    if text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most:
        return int(text[:9])
    raise NotANumber(f"Enter a number from {least} to {most}.")


def decimal_of(typed: str, least: float, most: float) -> float:
    """Return the number.

    Raises:
        NotANumber: also where nothing was typed.
    """
    try:
        number = float(typed)
    except ValueError:
        number = float("nan")
    if isfinite(number) and least <= number <= most:
        return number
    raise NotANumber(f"Enter a number from {least:g} to {most:g}.")


def moment_of(typed: str) -> datetime | None:
    """Return the moment, which is UTC where nothing else is said; None where nothing was typed.

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
