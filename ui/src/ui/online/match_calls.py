"""What tournaments call their players to, as any page of theirs may announce it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import MatchCall, Section
from ui.clients.backend import unless_away
from ui.clients.tournaments import TournamentsClient

ROUNDS: Final[dict[Section, str]] = {
    "winners": "Round {}",
    "losers": "Losers’ round {}",
    "final": "Final",
    "reset": "Second final",
    "third_place": "Third-place match",
    "round": "Round {}",
}
"""Without the bracket nobody knows which round is the semi-finals."""


class Call(msgspec.Struct, frozen=True):
    """A pairing that waits for the reader, and how long still."""

    pairing: MatchCall
    round: str
    left: int
    """Seconds."""


async def match_calls_of(tournaments: TournamentsClient, token: str | None) -> list[MatchCall]:
    """Nothing where tournament does not say: whatever else a page has to tell goes on."""
    return (await unless_away(tournaments.match_calls(token)) or []) if token else []


def calls_from(match_calls: Iterable[MatchCall], playing: UUID | None) -> list[Call]:
    """Return what is to be said of them; the match that they are in is said elsewhere."""
    return [
        Call(pairing=each, round=round_words(each), left=seconds_until(each.deadline))
        for each in match_calls
        if playing is None or each.match_id != playing
    ]


def round_words(pairing: MatchCall) -> str:
    return ROUNDS[pairing.section].format(pairing.round)


def seconds_until(moment: datetime) -> int:
    return max(0, ceil((moment - datetime.now(UTC)).total_seconds()))
