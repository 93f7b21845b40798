"""Counters and log lines of pairings, one event for each change."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import structlog

from contracts.tournament.tournaments import OUTCOMES_BY_RULES_ALONE
from tournament.bracket.facts import NOBODY
from tournament.pairings.metrics import (
    PAIRINGS_CALLED,
    PAIRINGS_CORRECTED,
    PAIRINGS_DECIDED,
    PAIRINGS_PLAYED,
)
from tournament.pairings.rows import PairingRow
from tournament.tournaments.models import Tournament

PairingAction = Literal["called", "ready", "played", "decided", "corrected"]
AccountsBySeed = Mapping[int, UUID]
"""Account ids by seed. Aliases and erased players have none."""

logger = structlog.get_logger("tournament.pairings")


def log_pairing_called(tournament: Tournament, row: PairingRow, players: AccountsBySeed) -> None:
    PAIRINGS_CALLED.inc()
    _log_pairing(tournament, "called", row, **_player_fields(row, players))


def log_player_ready(tournament: Tournament, row: PairingRow, player_id: UUID) -> None:
    _log_pairing(tournament, "ready", row, **{"user.id": str(player_id)})


def log_match_begun(
    tournament: Tournament, row: PairingRow, match_id: UUID, player_id: UUID | None = None
) -> None:
    """Log that a match was created for the pairing, or that a hotseat ticket was issued to the host `player_id`."""
    PAIRINGS_PLAYED.inc()
    _log_pairing(
        tournament,
        "played",
        row._replace(match_id=match_id),
        **({"user.id": str(player_id)} if player_id else {}),
        **{"transcendence.attempt": row.attempts + 1},
    )


def log_pairing_decided(
    tournament: Tournament, row: PairingRow, players: AccountsBySeed, match_id: UUID | None = None
) -> None:
    """Log the outcome with the match that led to it.

    `match_id` names a match that does not count, because the row no longer has it.
    """
    PAIRINGS_DECIDED.labels(row.how).inc()
    # Outcomes that follow from the bracket, without an action of a player, are not logged.
    if row.how in OUTCOMES_BY_RULES_ALONE:
        return
    winner = players.get(row.winner or NOBODY)
    _log_pairing(
        tournament,
        "decided",
        row._replace(match_id=row.match_id or match_id),
        **{"labels.how": str(row.how), "transcendence.winner": row.winner or NOBODY},
        **({"labels.winner_id": str(winner)} if winner else {}),
        **_player_fields(row, players),
    )


def log_pairing_corrected(tournament: Tournament, row: PairingRow, organiser_id: UUID) -> None:
    PAIRINGS_CORRECTED.inc()
    facts = {"user.id": str(organiser_id), "transcendence.winner": row.winner or NOBODY}
    _log_pairing(tournament, "corrected", row, **facts)


def _log_pairing(
    tournament: Tournament, happened: PairingAction, row: PairingRow, **facts: object
) -> None:
    logger.info(
        f"pairing {happened}",
        **{
            "event.action": f"pairing-{happened}",
            "event.category": ["process"],
            "event.type": ["change"],
            "event.outcome": "success",
            "labels.tournament_id": str(tournament.id),
            **({"labels.match_id": str(row.match_id)} if row.match_id else {}),
            "transcendence.pairing": row.number,
            "transcendence.round": row.round,
            **facts,
        },
    )


def _player_fields(row: PairingRow, players: AccountsBySeed) -> dict[str, object]:
    found = [str(players[seed]) for seed in (row.one, row.other) if seed and seed in players]
    return {"related.user": found} if found else {}
