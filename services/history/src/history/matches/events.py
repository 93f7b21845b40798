"""Log events and counters of submitted matches, from a player (who is named) or from a service."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from history.errors import MatchRefused, OtherMatchStored
from history.matches.metrics import MATCHES_REFUSED, MATCHES_STORED

logger = structlog.get_logger("history.matches")


def log_match_stored(
    match_id: UUID,
    mode: str,
    *,
    ticks: int,
    player_id: UUID | None = None,
    both: Sequence[UUID] = (),
) -> None:
    MATCHES_STORED.labels(mode).inc()
    logger.info(
        "match verified",
        **{
            "event.action": "match-verified",
            "event.category": ["api"],
            "event.type": ["creation"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "labels.mode": mode,
            "transcendence.ticks": ticks,
            **_people_fields(player_id, both),
        },
    )


def log_match_refused(
    refused: MatchRefused | OtherMatchStored,
    match_id: UUID | None,
    *,
    player_id: UUID | None = None,
    both: Sequence[UUID] = (),
    mode: str = "",
    ticks: int,
) -> None:
    """Count and log a refused match. The reason is the error's code; the message is ours and quotes no input."""
    MATCHES_REFUSED.labels(refused.code).inc()
    logger.warning(
        "match refused",
        **{
            "event.action": "match-refused",
            "event.category": ["api"],
            "event.type": ["denied"],
            "event.outcome": "failure",
            "event.reason": refused.code,
            "error.message": refused.detail,
            **({"labels.match_id": str(match_id)} if match_id else {}),
            **({"labels.mode": mode} if mode else {}),
            "transcendence.ticks": ticks,
            **_people_fields(player_id, both),
        },
    )


def _people_fields(player_id: UUID | None, both: Sequence[UUID]) -> dict[str, object]:
    return {
        **({"user.id": str(player_id)} if player_id else {}),
        **({"related.user": [str(each) for each in both]} if both else {}),
    }
