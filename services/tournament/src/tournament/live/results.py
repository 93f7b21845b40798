"""The result of a finished match, delivered to history through the outbox at least once."""

from datetime import datetime
from typing import cast

import msgspec

from contracts.game import Points, SideName
from contracts.history.matches import InputLogBody, OnlineMatch, OnlineSide
from pong.court import LEFT, RIGHT
from pong.log import KeyChange
from tournament.live.models import Match

MATCH_FINISHED_TOPIC = "match-finished"

SIDE_NAMES: dict[int, SideName] = {LEFT: "left", RIGHT: "right"}


def encode_result(match: Match, ticks: int, changes: list[KeyChange], played_at: datetime) -> bytes:
    """Return the JSON body of the delivery."""
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
        inputs=InputLogBody(ticks, changes),
        forfeited_by=SIDE_NAMES[match.forfeited_by] if match.forfeited_by else None,
    )
    return msgspec.json.encode(result)
