"""What is counted and logged of matches that came in, from a player (who is named) or from a service."""

from uuid import UUID

import structlog

from history.matches.metrics import REFUSED, STORED
from history.refusals import MatchRefused, OtherMatchStored

logger = structlog.get_logger("history.matches")


def note_stored(match_id: UUID, mode: str, *, player_id: UUID | None = None) -> None:
    STORED.labels(mode).inc()
    logger.info(
        "match verified",
        **{
            "event.action": "match-verified",
            "event.category": ["api"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "labels.mode": mode,
            **({"user.id": str(player_id)} if player_id else {}),
        },
    )


def note_refused(
    refused: MatchRefused | OtherMatchStored,
    match_id: UUID | None,
    *,
    player_id: UUID | None = None,
) -> None:
    REFUSED.labels(refused.code).inc()
    logger.warning(
        "match refused",
        **{
            "event.action": "match-refused",
            "event.category": ["api"],
            "event.outcome": "failure",
            "event.reason": refused.code,
            **({"labels.match_id": str(match_id)} if match_id else {}),
            **({"user.id": str(player_id)} if player_id else {}),
        },
    )
