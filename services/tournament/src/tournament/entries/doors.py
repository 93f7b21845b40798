"""Until when somebody may come in. Pure."""

from datetime import datetime, timedelta
from secrets import compare_digest

from tournament.tournaments.models import OPEN, RUNNING, Tournament


def takes_entries(tournament: Tournament, now: datetime) -> bool:
    """Tell whether people may enter at this moment, or get in line."""
    if tournament.state != OPEN:
        return _takes_late(tournament)
    closes_at = tournament.registration_closes_at
    is_closed = closes_at is not None and closes_at <= now
    return not is_closed and not _is_due(tournament, now)


def is_invited(tournament: Tournament, invitation: str | None) -> bool:
    """Tell whether somebody shows what it takes; in constant time, so that nobody finds it letter by letter."""
    if tournament.visibility == "public":
        return True
    wanted = tournament.invitation
    return wanted is not None and compare_digest((invitation or "").encode(), wanted.encode())


def checks_in(tournament: Tournament, now: datetime) -> bool:
    """Tell whether the window is on in which people say that they are here."""
    opens_at = check_in_opens_at(tournament)
    in_time = opens_at is not None and opens_at <= now and not _is_due(tournament, now)
    return tournament.state == OPEN and in_time


def check_in_opens_at(tournament: Tournament) -> datetime | None:
    """Return from when on people say that they are here; None where they need not."""
    if tournament.starts_at is None or tournament.check_in_minutes is None:
        return None
    return tournament.starts_at - timedelta(minutes=tournament.check_in_minutes)


def rounds_remain(tournament: Tournament) -> bool:
    """Tell whether it is a Swiss tournament with a round to come, for which somebody may come back."""
    return (
        tournament.state == RUNNING
        and tournament.format == "swiss"
        and tournament.kind == "online"
        and tournament.rounds is not None
        and tournament.round < tournament.rounds
    )


def _is_due(tournament: Tournament, now: datetime) -> bool:
    """Whoever starts it may be a moment late: who came in meanwhile would have had no chance to check in."""
    return tournament.starts_at is not None and tournament.starts_at <= now


def _takes_late(tournament: Tournament) -> bool:
    """As long as no more than half of the rounds have begun."""
    return rounds_remain(tournament) and tournament.round * 2 <= (tournament.rounds or 0)
