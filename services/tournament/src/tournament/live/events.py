"""Log lines of live matches. All lines with the same `labels.match_id` tell the life of one match."""

from typing import Final, Literal
from uuid import UUID

import structlog

from contracts.tournament.live import MatchOrigin
from pong.court import LEFT, RIGHT
from tournament.live.live_match import LiveMatch, MatchEnding
from tournament.live.metrics import HowTaken
from tournament.live.protocol import CloseCode, to_milliseconds
from tournament.live.results import SIDE_NAMES

PauseReason = Literal["player_away", "suspended"]
MatchAction = Literal[
    "match-taken", "match-lost", "match-given-up", "match-paused", "match-resumed"
]

CLIENT_GONE_REASON: Final = "gone"
"""The reason logged for a socket that was closed by its client or by the network."""

logger = structlog.get_logger("tournament.live")


def log_match_created(
    match_id: UUID,
    both: tuple[UUID, UUID],
    *,
    origin: MatchOrigin,
    points: int,
    rated: bool,
    tournament_id: UUID | None,
) -> None:
    logger.info(
        "match made",
        **{
            "event.action": "match-made",
            "event.category": ["api"],
            "event.type": ["creation"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "labels.origin": origin,
            "labels.rated": "true" if rated else "false",
            **({"labels.tournament_id": str(tournament_id)} if tournament_id else {}),
            "transcendence.points": points,
            "related.user": _id_strings(both),
        },
    )


def log_match_taken(match_id: UUID, how: HowTaken) -> None:
    _log_match_action("match-taken", match_id, reason=how)


def log_match_lost(match_id: UUID) -> None:
    """Log that another process has taken the match."""
    _log_match_action("match-lost", match_id)


def log_match_released(match_id: UUID) -> None:
    """Log that this process stops and gives up the match; another process takes it."""
    _log_match_action("match-given-up", match_id)


def log_match_started(match_id: UUID, both: tuple[UUID, UUID]) -> None:
    logger.info(
        "match started",
        **{
            "event.action": "match-started",
            "event.category": ["process"],
            "event.type": ["start"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "related.user": _id_strings(both),
        },
    )


def log_match_paused(match_id: UUID, why: PauseReason, live: LiveMatch) -> None:
    _log_match_action("match-paused", match_id, reason=why, ticks=live.state.tick)


def log_match_resumed(match_id: UUID, live: LiveMatch) -> None:
    _log_match_action("match-resumed", match_id, ticks=live.state.tick)


def log_player_connected(match_id: UUID, player_id: UUID, side: int, *, replaced: bool) -> None:
    logger.info(
        "player connected",
        **{
            "event.action": "player-connected",
            "event.category": ["network"],
            "event.type": ["connection", "start"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "labels.side": SIDE_NAMES[side],
            "labels.replaced": "true" if replaced else "false",
            "user.id": str(player_id),
        },
    )


def log_player_left(match_id: UUID, player_id: UUID, side: int, closed: CloseCode | None) -> None:
    """Log that a player's connection ended, with the server's close code, or None where the client is gone."""
    logger.info(
        "player left",
        **{
            "event.action": "player-left",
            "event.category": ["network"],
            "event.type": ["connection", "end"],
            "event.outcome": "success",
            "event.reason": CLIENT_GONE_REASON if closed is None else closed.name.lower(),
            "labels.match_id": str(match_id),
            "labels.side": SIDE_NAMES[side],
            "user.id": str(player_id),
        },
    )


def log_match_ended(match_id: UUID, both: tuple[UUID, UUID], live: LiveMatch) -> None:
    logger.info(
        "match ended",
        **{
            "event.action": "match-ended",
            "event.category": ["process"],
            "event.type": ["end"],
            "event.outcome": "success",
            **(_ending_fields(live.ending, both) if live.ending else {}),
            "labels.match_id": str(match_id),
            "related.user": _id_strings(both),
            "transcendence.ticks": live.state.tick,
            "transcendence.left_score": live.state.left_score,
            "transcendence.right_score": live.state.right_score,
            "transcendence.delay": live.delay,
            "transcendence.desyncs": live.desyncs,
            "transcendence.left_late": live.left.keyboard.late,
            "transcendence.right_late": live.right.keyboard.late,
            "transcendence.left_rtt_ms": to_milliseconds(live.left.round_trips.usual),
            "transcendence.right_rtt_ms": to_milliseconds(live.right.round_trips.usual),
        },
    )


def log_match_not_restorable(match_id: UUID, broken: Exception) -> None:
    logger.error(
        "match cannot be restored",
        **{
            "event.action": "match-broken",
            "event.category": ["process"],
            "event.type": ["end"],
            "event.outcome": "failure",
            "labels.match_id": str(match_id),
            "error.type": type(broken).__name__,
            "error.message": str(broken),
        },
    )


def log_match_failed(match_id: UUID, error: Exception) -> None:
    logger.error(
        "match failed",
        exc_info=error,
        **{
            "event.action": "unexpected-error",
            "event.outcome": "failure",
            "labels.match_id": str(match_id),
        },
    )


def _log_match_action(
    action: MatchAction, match_id: UUID, *, reason: str = "", ticks: int | None = None
) -> None:
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["process"],
            "event.type": ["change"],
            "event.outcome": "success",
            **({"event.reason": reason} if reason else {}),
            "labels.match_id": str(match_id),
            **({} if ticks is None else {"transcendence.ticks": ticks}),
        },
    )


def _ending_fields(ending: MatchEnding, both: tuple[UUID, UUID]) -> dict[str, str]:
    found = {"event.reason": ending.reason.name.lower()}
    if ending.winner:
        found["labels.winner_id"] = str(both[ending.winner - LEFT])
    if ending.forfeited_by:
        found["labels.forfeited_by"] = str(both[ending.forfeited_by - LEFT])
    if ending.absent:
        both_absent = len(ending.absent) == len((LEFT, RIGHT))
        found["labels.absent"] = "both" if both_absent else SIDE_NAMES[ending.absent[0]]
    return found


def _id_strings(both: tuple[UUID, UUID]) -> list[str]:
    return [str(each) for each in both]
