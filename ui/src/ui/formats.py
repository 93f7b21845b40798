"""Formats values for pages. Times are in UTC here; the browser converts them to local time."""

from datetime import UTC, datetime
from typing import Final

MS_PER_SECOND: Final = 1000
SECONDS_PER_MINUTE: Final = 60


def day(moment: datetime) -> str:
    """Format a time as `24 Nov 2026, 13:52 UTC`."""
    local = moment.astimezone(UTC)
    return f"{local.day} {local:%b %Y, %H:%M} UTC"


def time(moment: datetime) -> str:
    """Format a time as `13:52 UTC`."""
    return f"{moment.astimezone(UTC):%H:%M} UTC"


def date(moment: datetime) -> str:
    """Format a date as `24 November 2026`."""
    local = moment.astimezone(UTC)
    return f"{local.day} {local:%B %Y}"


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(milliseconds: int) -> str:
    """Format a duration as `1 min 23 s`."""
    minutes, seconds = divmod(round(milliseconds / MS_PER_SECOND), SECONDS_PER_MINUTE)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def grouped(number: int) -> str:
    """Format a number as `4,312`."""
    return f"{number:,}"


def ordinal(number: int) -> str:
    """Format a number as `3rd`."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def rating(value: float) -> str:
    """Format a rating as `1532`."""
    return str(round(value))


def clock(seconds: float) -> str:
    """Format seconds as `1:05`."""
    minutes, rest = divmod(max(0, int(seconds)), SECONDS_PER_MINUTE)
    return f"{minutes}:{rest:02}"


def signed(change: int) -> str:
    """Format a change as `+12`, with a minus sign as wide as the plus."""
    return f"{change:+}".replace("-", "\N{MINUS SIGN}")
