"""Pairings of tournaments that wait for the player, as any page announces them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import BracketSection, MatchCall
from ui.clients.backend import none_if_unavailable
from ui.clients.tournaments import TournamentsClient

ROUND_NAMES: Final[dict[BracketSection, str]] = {
    "winners": "Round {}",
    "losers": "Losers’ round {}",
    "final": "Final",
    "reset": "Second final",
    "third_place": "Third-place match",
    "round": "Round {}",
}
"""Titles of rounds. They do not name semi-finals, because the round's place is unknown without the bracket."""


class ShownMatchCall(msgspec.Struct, frozen=True):
    """A match call as shown: a pairing that waits for the player, and its remaining time."""

    pairing: MatchCall
    round: str
    left: int
    """The remaining time in seconds."""


async def match_calls_of(tournaments: TournamentsClient, token: str | None) -> list[MatchCall]:
    """Return the player's match calls, or none if tournament is unavailable, so that the rest of the page still
    works."""
    return (await none_if_unavailable(tournaments.match_calls(token)) or []) if token else []


def match_calls_to_show(
    match_calls: Iterable[MatchCall], playing: UUID | None
) -> list[ShownMatchCall]:
    """Return the match calls to show; the match that is being played is shown elsewhere."""
    return [
        ShownMatchCall(pairing=each, round=round_name(each), left=seconds_until(each.deadline))
        for each in match_calls
        if playing is None or each.match_id != playing
    ]


def round_name(pairing: MatchCall) -> str:
    return ROUND_NAMES[pairing.section].format(pairing.round)


def seconds_until(moment: datetime) -> int:
    return max(0, ceil((moment - datetime.now(UTC)).total_seconds()))
