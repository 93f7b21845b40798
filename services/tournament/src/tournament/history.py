"""Client of history: ratings, hotseat tickets, and results in both directions."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Final, TypeVar
from uuid import UUID

import httpx
import msgspec
import structlog
from litestar import Litestar

from contracts.history.matches import MatchRecord
from contracts.history.tickets import HotseatTicketRequest, IssuedTicket
from transcendence_common.http_client import service_client
from transcendence_common.outbox import TemporaryFailure
from transcendence_common.problems import Unavailable
from transcendence_common.service_identity import INTERNAL_PATH
from transcendence_common.service_token_source import NoServiceToken, ServiceTokenSource

HISTORY_SERVICE: Final = "history"
RATING_TIMEOUT_SECONDS: Final = 1.0
"""Time limit of one rating: a player has pressed a button and waits."""
RATINGS_TIMEOUT_SECONDS: Final = 2.0
"""Time limit of many ratings: an organiser waits, and the ratings stored with the entries are nearly as good."""
HOTSEAT_TIMEOUT_SECONDS: Final = 3.0
"""Time limit of hotseat requests: two people wait at a keyboard."""

PROVISIONAL_ABOVE: Final = 110.0
"""A rating is provisional above this deviation, as in history."""

REFUSAL_STATUS_CODES: Final = {400, 409, 413, 422}
"""Status codes with which history refuses a result for good: a retry would get the same answer."""

AnswerT = TypeVar("AnswerT")

logger = structlog.get_logger("tournament.history")


class HistoryUnavailable(Unavailable):
    """History does not answer. Without it no hotseat match begins, and none counts."""

    def __init__(self) -> None:
        super().__init__(
            "The match history is unavailable right now. Nothing is lost; try again in a moment."
        )


class ResultRefused(Exception):
    """History refuses a result for good. The outbox keeps it for an operator, because no result may be lost."""


class Rating(msgspec.Struct, frozen=True):
    """A player's rating and its deviation."""

    rating: Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]
    deviation: Annotated[float, msgspec.Meta(ge=0, le=1_000)]


NEWCOMER_RATING: Final = Rating(1500, 350)


class _PlayerRating(Rating, frozen=True):
    player_id: UUID


class _RatingsFound(msgspec.Struct, frozen=True):
    """The ratings of those players who have one."""

    items: list[_PlayerRating]


class _DeliveredMatch(msgspec.Struct, frozen=True):
    match_id: str


class HistoryClient:
    """Client of history with one HTTP client and one service token."""

    def __init__(self, auth_url: str, history_url: str, secret: str) -> None:
        self._auth = service_client(auth_url)
        self._history = service_client(history_url)
        self._tokens = ServiceTokenSource(self._auth, "tournament", secret)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Close the connections when the application stops."""
        async with self._auth, self._history:
            yield

    async def rating_of(self, player_id: UUID) -> Rating:
        """Return a player's rating, or that of a newcomer if history fails.

        A wrong guess is better than a halted queue.
        """
        try:
            async with asyncio.timeout(RATING_TIMEOUT_SECONDS):
                answer = await self._history.get(f"/api/history/players/{player_id}/rating")
            return msgspec.json.decode(answer.raise_for_status().content, type=Rating)
        except (httpx.HTTPError, TimeoutError, msgspec.MsgspecError) as error:
            _log_rating_unknown(player_id, error)
            return NEWCOMER_RATING

    async def ratings_of(self, player_ids: Collection[UUID]) -> Mapping[UUID, Rating]:
        """Return the ratings of the players who have one, by id; none if history does not answer."""
        if not player_ids:
            return {}
        try:
            async with asyncio.timeout(RATINGS_TIMEOUT_SECONDS):
                body = msgspec.json.encode({"player_ids": list(player_ids)})
                answer = await self._request("POST", "/ratings", body)
            found = msgspec.json.decode(answer.raise_for_status().content, type=_RatingsFound)
        except (httpx.HTTPError, NoServiceToken, TimeoutError, msgspec.MsgspecError) as error:
            _log_ratings_unknown(len(player_ids), error)
            return {}
        return {each.player_id: each for each in found.items}

    async def request_hotseat_ticket(
        self, host_id: UUID, *, points: int, left_name: str, right_name: str
    ) -> IssuedTicket:
        """Return a ticket for a match that the host submits.

        Raises:
            HistoryUnavailable: history does not answer, or refuses.
        """
        wish = HotseatTicketRequest(host_id, points, left_name, right_name)
        answer = await self._request_for_hotseat("POST", "/tickets", msgspec.json.encode(wish))
        return _decode_answer(answer, IssuedTicket)

    async def find_match_record(self, match_id: UUID) -> MatchRecord | None:
        """Return the record of a match; None while it has not been submitted.

        Raises:
            HistoryUnavailable: history does not answer, or refuses.
        """
        answer = await self._request_for_hotseat("GET", f"/matches/{match_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return _decode_answer(answer, MatchRecord)

    async def deliver_result(self, body: bytes) -> None:
        """Deliver the result of a live match, given as JSON.

        Raises:
            TemporaryFailure: history or auth is unavailable.
            ResultRefused: history refuses the result for good.
        """
        match_id = msgspec.json.decode(body, type=_DeliveredMatch).match_id
        try:
            answer = await self._request("POST", "/matches", body)
        except (httpx.HTTPError, NoServiceToken) as error:
            _log_delivery(match_id, "no_answer", type(error).__name__)
            raise TemporaryFailure(f"{HISTORY_SERVICE}: {type(error).__name__}") from error
        _log_delivery(match_id, "" if answer.is_success else f"status_{answer.status_code}")
        if answer.status_code in REFUSAL_STATUS_CODES:
            raise ResultRefused(f"{HISTORY_SERVICE}: status {answer.status_code}")
        if not answer.is_success:
            raise TemporaryFailure(f"{HISTORY_SERVICE}: status {answer.status_code}")

    async def _request_for_hotseat(
        self, method: str, path: str, body: bytes | None = None
    ) -> httpx.Response:
        try:
            async with asyncio.timeout(HOTSEAT_TIMEOUT_SECONDS):
                return await self._request(method, path, body)
        except (httpx.HTTPError, NoServiceToken, TimeoutError) as error:
            _log_unavailable("no_answer", type(error).__name__)
            raise HistoryUnavailable from error

    async def _request(self, method: str, path: str, body: bytes | None = None) -> httpx.Response:
        token = await self._tokens.token(HISTORY_SERVICE)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return await self._history.request(
            method, f"{INTERNAL_PATH}{path}", content=body, headers=headers
        )


def _decode_answer(answer: httpx.Response, expected: type[AnswerT]) -> AnswerT:
    if not answer.is_success:
        _log_unavailable(f"status_{answer.status_code}")
        raise HistoryUnavailable
    try:
        return msgspec.json.decode(answer.content, type=expected)
    except msgspec.MsgspecError as error:
        _log_unavailable("not_understood", type(error).__name__)
        raise HistoryUnavailable from error


def _log_rating_unknown(player_id: UUID, error: Exception) -> None:
    logger.warning(
        "rating unknown",
        **{
            "event.action": "rating-unknown",
            "event.category": ["api"],
            "event.type": ["access"],
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "user.id": str(player_id),
        },
    )


def _log_ratings_unknown(players: int, error: Exception) -> None:
    logger.warning(
        "ratings unknown",
        **{
            "event.action": "ratings-unknown",
            "event.category": ["api"],
            "event.type": ["access"],
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "transcendence.players": players,
        },
    )


def _log_unavailable(reason: str, error_type: str = "") -> None:
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


def _log_delivery(match_id: str, reason: str = "", error_type: str = "") -> None:
    """Log a delivery or its failure with the match id, which the outbox's own log line lacks."""
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
