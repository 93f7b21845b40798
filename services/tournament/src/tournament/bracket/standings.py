"""The standings of a round robin or a Swiss tournament.

A win is 1 point however it came about, and so is a bye. Entrants level on points are ranked by, in this order:

direct
    Points made among them, if each of them has met all the others; else 0.
Buchholz
    The sum of one's opponents' points: strong opponents count for more. A round without an opponent (a bye, being free,
    entering late, having withdrawn) counts one's own points, as FIDE's imaginary opponent does, so that it neither
    helps nor harms. An opponent who did not come counts as an opponent.
Sonneborn-Berger
    The sum of the points of beaten opponents; for a bye one's own points.
difference
    Points scored less points conceded, in matches that were played.

Complete ties share the place, and the next places are left out: 1, 2, 2, 4. Entrants who are gone keep their points.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec

from tournament.bracket.facts import NOBODY, Pairing, Standing


class _FinishedGame(NamedTuple):
    """A finished pairing from the side of one of its players."""

    opponent: int
    won: bool
    difference: int


def standings_by_points(
    pairings: Sequence[Pairing], entrants: int, rounds: int
) -> tuple[Standing, ...]:
    """Return the standings, the best first; `rounds` is the number of rounds that have begun."""
    games = _games_by_entrant(pairings, entrants)
    seated = _rounds_with_opponent(pairings, rounds)
    scores = {entrant: sum(game.won for game in own) for entrant, own in games.items()}
    direct = _direct_encounter_points(games, scores)
    lines = [
        _standing_without_place(entrant, own, scores, direct[entrant], rounds - seated[entrant])
        for entrant, own in games.items()
    ]
    return tuple(_assign_places(sorted(lines, key=lambda each: (_rank_key(each), each.entrant))))


def _games_by_entrant(pairings: Iterable[Pairing], entrants: int) -> dict[int, list[_FinishedGame]]:
    games: dict[int, list[_FinishedGame]] = {entrant: [] for entrant in range(1, entrants + 1)}
    for pairing in pairings:
        outcome, one, other = pairing.outcome, pairing.one, pairing.other
        if outcome is None or one is None or other is None:
            continue
        difference = outcome.one_score - outcome.other_score if outcome.how == "played" else 0
        games[one].append(_FinishedGame(other, outcome.winner == one, difference))
        if other != NOBODY:
            games[other].append(_FinishedGame(one, outcome.winner == other, -difference))
    return games


def _rounds_with_opponent(pairings: Iterable[Pairing], rounds: int) -> Mapping[int, int]:
    """Return for each entrant the number of rounds with an opponent."""
    count: dict[int, int] = defaultdict(int)
    for pairing in pairings:
        if pairing.round <= rounds and pairing.one and pairing.other:
            count[pairing.one] += 1
            count[pairing.other] += 1
    return count


def _direct_encounter_points(
    games: Mapping[int, Sequence[_FinishedGame]], scores: Mapping[int, int]
) -> dict[int, int]:
    level: dict[int, set[int]] = defaultdict(set)
    for entrant, score in scores.items():
        level[score].add(entrant)
    direct = dict.fromkeys(scores, 0)
    for tied in level.values():
        if all(tied - {entrant} <= {game.opponent for game in games[entrant]} for entrant in tied):
            for entrant in tied:
                direct[entrant] = sum(game.won for game in games[entrant] if game.opponent in tied)
    return direct


def _standing_without_place(
    entrant: int, own: Sequence[_FinishedGame], scores: Mapping[int, int], direct: int, alone: int
) -> Standing:
    met = [game for game in own if game.opponent != NOBODY]
    score = scores[entrant]
    return Standing(
        entrant=entrant,
        place=None,
        score=score,
        wins=sum(game.won for game in met),
        losses=sum(not game.won for game in met),
        direct=direct,
        buchholz=sum(scores[game.opponent] for game in met) + score * alone,
        sonneborn=sum(scores.get(game.opponent, score) for game in own if game.won),
        difference=sum(game.difference for game in met),
    )


def _rank_key(line: Standing) -> tuple[int, ...]:
    return (-line.score, -line.direct, -line.buchholz, -line.sonneborn, -line.difference)


def _assign_places(lines: Iterable[Standing]) -> Iterable[Standing]:
    place = 1
    for _, same in groupby(lines, key=_rank_key):
        sharing = [msgspec.structs.replace(line, place=place) for line in same]
        yield from sharing
        place += len(sharing)
