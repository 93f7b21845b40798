"""What history knows of hotseat matches: it gives leave to play one, and says how it ended."""

import asyncio
from typing import Final, TypeVar
from uuid import UUID

import httpx
import msgspec
import structlog

from contracts.history.matches import MatchRecord
from contracts.history.tickets import HotseatTicketRequest, TicketGiven
from transcendence_common.problems import Unavailable
from transcendence_common.service_identity import INTERNAL_PATH
from transcendence_common.service_token_source import NoServiceToken, ServiceTokenSource

RECEIVER: Final = "history"
SECONDS: Final = 3.0
"""Two people sit at a keyboard and wait."""

Answer = TypeVar("Answer")

logger = structlog.get_logger("tournament.hotseat")


class HistoryAway(Unavailable):
    """Without history no hotseat match begins, and none counts."""

    def __init__(self) -> None:
        super().__init__(
            "The match history is not answering; nothing is lost, please try again in a moment."
        )


class HistoryRecords:
    """Asks history."""

    def __init__(self, history: httpx.AsyncClient, tokens: ServiceTokenSource) -> None:
        self._history = history
        self._tokens = tokens

    async def ticket(
        self, host_id: UUID, *, points: int, left_name: str, right_name: str
    ) -> TicketGiven:
        """Return leave for a match that the host hands in.

        Raises:
            HistoryAway
        """
        wish = HotseatTicketRequest(host_id, points, left_name, right_name)
        answer = await self._ask("POST", "/tickets", msgspec.json.encode(wish))
        return _read(answer, TicketGiven)

    async def match(self, match_id: UUID) -> MatchRecord | None:
        """Return how a match ended; None while it has not been handed in.

        Raises:
            HistoryAway
        """
        answer = await self._ask("GET", f"/matches/{match_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return _read(answer, MatchRecord)

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> httpx.Response:
        try:
            async with asyncio.timeout(SECONDS):
                token = await self._tokens.token(RECEIVER)
                return await self._history.request(
                    method,
                    f"{INTERNAL_PATH}{path}",
                    content=body,
                    headers={
                        "Content-Type": "application/json",
                        "Authorization": f"Bearer {token}",
                    },
                )
        except (httpx.HTTPError, NoServiceToken, TimeoutError) as error:
            _log_away("no_answer", type(error).__name__)
            raise HistoryAway from error


def _read(answer: httpx.Response, expected: type[Answer]) -> Answer:
    if not answer.is_success:
        _log_away(f"status_{answer.status_code}")
        raise HistoryAway
    try:
        return msgspec.json.decode(answer.content, type=expected)
    except msgspec.MsgspecError as error:
        _log_away("not_understood", type(error).__name__)
        raise HistoryAway from error


def _log_away(reason: str, error_type: str = "") -> None:
    logger.warning(
        "history does not answer",
        **{
            "event.action": "history-asked",
            "event.category": ["api"],
            "event.type": ["access"],
            "event.outcome": "failure",
            "event.reason": reason,
            **({"error.type": error_type} if error_type else {}),
        },
    )
