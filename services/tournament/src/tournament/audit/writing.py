"""The audit log: what an organiser, or the clock, has done to a tournament that others see."""

from typing import Final

from contracts.tournament.tournaments import AuditAction
from tournament.tournaments.models import AuditEntry, Tournament
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.ids import new_id

THE_CLOCK: Final = "the clock"
"""Who did what nobody did by hand."""


def note(
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
    """Put on record what was done, in the transaction that does it. Without an actor it was the clock."""
    session.add(
        AuditEntry(
            id=new_id(),
            tournament_id=tournament.id,
            at=session.now,
            actor_id=None if actor is None else actor.id,
            actor_name=THE_CLOCK if actor is None else actor.name,
            action=action,
            subject=subject,
            before=before,
            after=after,
            reason=reason,
        )
    )
