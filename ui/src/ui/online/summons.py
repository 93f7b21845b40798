"""What tournaments call their players to, as any page of theirs may announce it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import Section, Summoned
from ui.clients.backend import unless_away
from ui.clients.tournaments import TournamentsClient

ROUNDS: Final[dict[Section, str]] = {
    "winners": "Round {}",
    "losers": "Losers’ round {}",
    "final": "Final",
    "reset": "Second final",
    "third_place": "Match for third place",
    "round": "Round {}",
}
"""Without the bracket nobody knows which round is the semi-finals."""


class Call(msgspec.Struct, frozen=True):
    """A pairing that waits for the reader, and how long still."""

    pairing: Summoned
    round: str
    left: int
    """Seconds."""


async def summons_of(tournaments: TournamentsClient, token: str | None) -> list[Summoned]:
    """Nothing where tournament does not say: whatever else a page has to tell goes on."""
    return (await unless_away(tournaments.summons(token)) or []) if token else []


def calls_from(summons: Iterable[Summoned], playing: UUID | None) -> list[Call]:
    """Return what is to be said of them; the match that they are in is said elsewhere."""
    return [
        Call(pairing=each, round=round_words(each), left=seconds_until(each.deadline))
        for each in summons
        if playing is None or each.match_id != playing
    ]


def round_words(pairing: Summoned) -> str:
    return ROUNDS[pairing.section].format(pairing.round)


def seconds_until(moment: datetime) -> int:
    return max(0, ceil((moment - datetime.now(UTC)).total_seconds()))
