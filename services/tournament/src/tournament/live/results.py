"""What history is told of a finished match, once it takes it: through the outbox, at least once."""

from datetime import datetime
from typing import cast

import httpx
import msgspec
import structlog

from contracts.game import Points, SideName
from contracts.history.matches import Inputs, OnlineMatch, OnlineSide
from pong.court import LEFT, RIGHT
from pong.log import Change
from tournament.live.models import Match
from transcendence_common.outbox import NotNow
from transcendence_common.service_identity import INTERNAL_PATH
from transcendence_common.service_token_source import NoServiceToken, ServiceTokenSource

TOPIC = "match-finished"
RECEIVER = "history"

REFUSALS = {400, 409, 413, 422}
"""Asked again, history would say the same."""

SIDE_NAMES: dict[int, SideName] = {LEFT: "left", RIGHT: "right"}

logger = structlog.get_logger("tournament.live")


class ResultRefused(Exception):
    """History takes this result never; the outbox keeps it for an operator, because no result may be lost."""


class _Named(msgspec.Struct, frozen=True):
    match_id: str


def result_of(match: Match, ticks: int, changes: list[Change], played_at: datetime) -> bytes:
    """Return the body of the delivery."""
    result = OnlineMatch(
        match_id=match.id,
        rules=match.rules,
        seed=match.seed,
        points=cast("Points", match.points),
        rated=match.rated,
        played_at=played_at,
        delay=match.delay or 0,
        left=OnlineSide(match.left_id, match.left_name, match.left_late, match.left_rtt_ms),
        right=OnlineSide(match.right_id, match.right_name, match.right_late, match.right_rtt_ms),
        inputs=Inputs(ticks, changes),
        forfeited_by=SIDE_NAMES[match.forfeited_by] if match.forfeited_by else None,
    )
    return msgspec.json.encode(result)


class HistoryDesk:
    """Hands results to history."""

    def __init__(self, history: httpx.AsyncClient, tokens: ServiceTokenSource) -> None:
        self._history = history
        self._tokens = tokens

    async def deliver(self, body: bytes) -> None:
        """Deliver one.

        Raises:
            NotNow: history or auth is away.
            ResultRefused: it was understood and not taken.
        """
        match_id = msgspec.json.decode(body, type=_Named).match_id
        try:
            token = await self._tokens.token(RECEIVER)
            answer = await self._history.post(
                f"{INTERNAL_PATH}/matches",
                content=body,
                headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
            )
        except (httpx.HTTPError, NoServiceToken) as error:
            _note(match_id, "no_answer", type(error).__name__)
            raise NotNow(f"{RECEIVER}: {type(error).__name__}") from error
        _note(match_id, "" if answer.is_success else f"status_{answer.status_code}")
        if answer.status_code in REFUSALS:
            raise ResultRefused(f"{RECEIVER}: status {answer.status_code}")
        if not answer.is_success:
            raise NotNow(f"{RECEIVER}: status {answer.status_code}")


def _note(match_id: str, reason: str = "", error_type: str = "") -> None:
    """History has a result, or has it not yet. The outbox's own line does not say whose it is."""
    logger.info(
        "match not delivered" if reason else "match delivered",
        **{
            "event.action": "match-delivered",
            "event.category": ["api"],
            "event.type": ["access"],
            "event.outcome": "failure" if reason else "success",
            **({"event.reason": reason} if reason else {}),
            **({"error.type": error_type} if error_type else {}),
            "labels.match_id": match_id,
        },
    )
