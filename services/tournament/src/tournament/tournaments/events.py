"""That something happened to a tournament is counted and logged."""

from typing import Literal

import structlog

from tournament.tournaments.metrics import Step, count
from tournament.tournaments.models import Tournament
from transcendence_common.identity import Player

Happened = Literal[Step, "changed", "seeded", "postponed", "reopened"]

logger = structlog.get_logger("tournament.tournaments")


def record_step(tournament: Tournament, step: Step, actor: Player | None) -> None:
    """Count and log where a tournament has got to. Without an actor it was the clock, or a deleted account."""
    count(step)
    record(tournament, step, actor)


def record(tournament: Tournament, happened: Happened, actor: Player | None) -> None:
    """Log what was done to a tournament."""
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
