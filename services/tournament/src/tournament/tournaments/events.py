"""Counters and log lines of tournaments."""

from typing import Literal

import structlog

from tournament.tournaments.metrics import Step, count
from tournament.tournaments.models import Tournament
from transcendence_common.identity import Player

Happened = Literal[Step, "changed", "seeded", "postponed", "reopened"]

logger = structlog.get_logger("tournament.tournaments")


def record_step(tournament: Tournament, step: Step, actor: Player | None) -> None:
    """Count and log a tournament's step. Without an actor it was due, or followed from the deletion of an account."""
    count(step)
    record(tournament, step, actor)


def record(tournament: Tournament, happened: Happened, actor: Player | None) -> None:
    """Log a change of a tournament."""
    logger.info(
        f"tournament {happened}",
        **{
            "event.action": f"tournament-{happened}",
            "event.category": ["api"],
            "event.type": ["creation" if happened == "created" else "change"],
            "event.outcome": "success",
            **({} if actor is None else {"user.id": str(actor.id)}),
            "labels.tournament_id": str(tournament.id),
            "labels.kind": tournament.kind,
            "labels.format": tournament.format,
        },
    )
