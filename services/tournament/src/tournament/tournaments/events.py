"""Counters and log lines of tournaments."""

from typing import Literal

import structlog

from tournament.tournaments.metrics import TournamentStep, count_step
from tournament.tournaments.models import Tournament
from transcendence_common.identity import Player

TournamentAction = Literal[TournamentStep, "changed", "seeded", "postponed", "reopened"]

logger = structlog.get_logger("tournament.tournaments")


def log_step(tournament: Tournament, step: TournamentStep, actor: Player | None) -> None:
    """Count and log a step of a tournament's life, such as its start.

    Without an actor, the step was scheduled, the last match has ended, or the organiser's account was deleted.
    """
    count_step(step)
    log_tournament_change(tournament, step, actor)


def log_tournament_change(
    tournament: Tournament, happened: TournamentAction, actor: Player | None
) -> None:
    """Log a change of a tournament; without an actor, the service itself made it."""
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
