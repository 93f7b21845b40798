"""What happens to pairings, counted and logged: one event for each thing that happens."""

from uuid import UUID

import structlog

from tournament.bracket.facts import FOLLOWS
from tournament.pairings.metrics import CALLED, CORRECTED, DECIDED, PLAYED
from tournament.pairings.rows import PairingRow
from tournament.tournaments.metrics import count
from tournament.tournaments.models import Tournament

logger = structlog.get_logger("tournament.pairings")


def note_called(tournament: Tournament, row: PairingRow) -> None:
    CALLED.inc()
    _note(tournament, "pairing-called", {"pairing": row.number, "round": row.round})


def note_decided(tournament: Tournament, row: PairingRow) -> None:
    DECIDED.labels(row.how).inc()
    # Where nobody did anything there is nothing to read about.
    if row.how not in FOLLOWS:
        _note(
            tournament,
            "pairing-decided",
            {"pairing": row.number, "how": row.how, "winner": row.winner},
        )


def note_ready(tournament: Tournament, row: PairingRow, player_id: UUID) -> None:
    _note(tournament, "pairing-ready", {"pairing": row.number, "player_id": str(player_id)})


def note_played(tournament: Tournament, row: PairingRow, match_id: UUID) -> None:
    PLAYED.inc()
    facts = {"pairing": row.number, "match_id": str(match_id), "attempt": row.attempts + 1}
    _note(tournament, "pairing-played", facts)


def note_corrected(tournament: Tournament, number: int, player_id: UUID) -> None:
    CORRECTED.inc()
    _note(tournament, "pairing-corrected", {"pairing": number, "player_id": str(player_id)})


def note_finished(tournament: Tournament) -> None:
    count("finished")
    _note(tournament, "tournament-finished", {"format": tournament.format})


def note_reopened(tournament: Tournament) -> None:
    _note(tournament, "tournament-reopened", {"format": tournament.format})


def _note(tournament: Tournament, action: str, facts: dict[str, object]) -> None:
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["process"],
            "event.outcome": "success",
            "labels.tournament_id": str(tournament.id),
            **{f"labels.{name}": value for name, value in facts.items()},
        },
    )
