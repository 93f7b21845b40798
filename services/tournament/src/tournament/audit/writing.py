"""Writes the audit log of a tournament: actions of its organiser, or of the clock."""

from typing import Final

from contracts.tournament.tournaments import AuditAction
from tournament.tournaments.models import AuditEntry, Tournament
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.ids import new_id

CLOCK_ACTOR_NAME: Final = "the clock"
"""The actor of an action that was due, as the log shows it."""


def add_audit_entry(
    session: TimedSession,
    tournament: Tournament,
    actor: Player | None,
    action: AuditAction,
    *,
    subject: str = "",
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """Add an entry to the audit log in the transaction of the action. Without an actor, it is the clock's action."""
    session.add(
        AuditEntry(
            id=new_id(),
            tournament_id=tournament.id,
            at=session.now,
            actor_id=None if actor is None else actor.id,
            actor_name=CLOCK_ACTOR_NAME if actor is None else actor.name,
            action=action,
            subject=subject,
            before=before,
            after=after,
            reason=reason,
        )
    )
