"""Summary of a started tournament: current matches, the podium, and totals."""

from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import BracketDetails, PairingDetails, TournamentDetails
from ui.links import urls

LIVE_PAIRINGS_SHOWN: Final = 12
PODIUM_PLACES: Final = 3
"""Places on the podium; the third may be shared."""
MOST_ON_THE_PODIUM: Final = 4


class LivePairing(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing that is called or being played; `href` is the page to watch it."""

    number: int
    left: str
    right: str
    left_ready: bool
    right_ready: bool
    playing: bool
    href: str


class PodiumPlace(msgspec.Struct, frozen=True):
    place: int
    name: str


class HighestScore(msgspec.Struct, frozen=True, kw_only=True):
    """The match with the most points."""

    points: int
    words: str
    match_id: UUID | None


class TournamentProgress(msgspec.Struct, frozen=True, kw_only=True):
    on_court: list[LivePairing]
    more_on_court: int
    """The number of further pairings that are called or being played."""
    podium: list[PodiumPlace]
    entrants: int
    played: int
    to_play: int
    forfeits: int
    points: int
    highest: HighestScore | None


def progress_of(tournament: TournamentDetails, bracket: BracketDetails) -> TournamentProgress:
    names = {each.seed: each.name for each in bracket.entrants}
    on = [each for each in bracket.pairings if each.state in {"called", "playing"}]
    # Matches that can be watched first, then in the order of play.
    on.sort(key=lambda each: (each.state != "playing", each.number))
    played = [each for each in bracket.pairings if each.how == "played"]
    return TournamentProgress(
        on_court=[_live_pairing(tournament, each, names) for each in on[:LIVE_PAIRINGS_SHOWN]],
        more_on_court=max(0, len(on) - LIVE_PAIRINGS_SHOWN),
        podium=_podium(bracket) if tournament.state == "finished" else [],
        entrants=len(bracket.entrants),
        played=len(played),
        to_play=sum(each.state != "over" for each in bracket.pairings),
        forfeits=sum(each.how in {"forfeit", "double_forfeit"} for each in bracket.pairings),
        points=sum(each.one_score + each.other_score for each in played),
        highest=_highest_score(played, names),
    )


def own_pairing(tournament: TournamentDetails, bracket: BracketDetails) -> PairingDetails | None:
    """Return the reader's pairing that is called or being played, if there is one."""
    seed = tournament.own.seed if tournament.own else None
    if seed is None:
        return None
    for each in bracket.pairings:
        if each.state in {"called", "playing"} and seed in {each.one, each.other}:
            return each
    return None


def _live_pairing(
    tournament: TournamentDetails, pairing: PairingDetails, names: dict[int, str]
) -> LivePairing:
    playing = pairing.state == "playing" and pairing.match_id is not None
    watched = playing and tournament.kind == "online"
    return LivePairing(
        number=pairing.number,
        left=names.get(pairing.one or 0, ""),
        right=names.get(pairing.other or 0, ""),
        left_ready=pairing.one_ready,
        right_ready=pairing.other_ready,
        playing=playing,
        href=urls.watch_match(pairing.match_id) if watched and pairing.match_id else "",
    )


def _podium(bracket: BracketDetails) -> list[PodiumPlace]:
    placed = [
        each for each in bracket.entrants if each.place is not None and each.place <= PODIUM_PLACES
    ]
    placed.sort(key=lambda each: (each.place or 0, each.seed))
    return [PodiumPlace(each.place or 0, each.name) for each in placed[:MOST_ON_THE_PODIUM]]


def _highest_score(played: list[PairingDetails], names: dict[int, str]) -> HighestScore | None:
    if not played:
        return None
    most = max(played, key=lambda each: (each.one_score + each.other_score, -each.number))
    one, other = names.get(most.one or 0, ""), names.get(most.other or 0, "")
    return HighestScore(
        points=most.one_score + most.other_score,
        words=f"{one} {most.one_score}\N{EN DASH}{most.other_score} {other}",
        match_id=most.match_id,
    )
