"""Postpones a start that was missed, when players could not check in because the platform was unavailable."""

from datetime import datetime, timedelta
from typing import Final

from tournament.audit.writing import add_audit_entry
from tournament.tournaments.events import log_tournament_change
from tournament.tournaments.models import Tournament
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession

MISSED_AFTER: Final = timedelta(minutes=1)
"""Delay after which a start counts as missed. Due starts are checked twice a second, so only an outage causes it."""
POSTPONED_REASON: Final = "The platform was unavailable at the start, so check-in is open again."


def may_have_missed_check_in(tournament: Tournament, now: datetime) -> bool:
    """Tell whether players may have been unable to check in."""
    if tournament.check_in_minutes is None or tournament.starts_at is None:
        return False
    return now - tournament.starts_at > MISSED_AFTER


async def postpone_start(session: TimedSession, tournament: Tournament) -> None:
    """Reopen check-in for its full length. Players who have checked in stay so."""
    missed = tournament.starts_at
    starts_at = session.now + timedelta(minutes=tournament.check_in_minutes or 0)
    tournament.starts_at = starts_at
    add_audit_entry(
        session,
        tournament,
        None,
        "changed",
        subject="starts_at",
        before=missed.isoformat() if missed else "",
        after=starts_at.isoformat(),
        reason=POSTPONED_REASON,
    )
    await raise_revision(session, tournament)
    log_tournament_change(tournament, "postponed", None)
