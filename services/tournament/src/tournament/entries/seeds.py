"""The order in which entries are seeded. Pure functions."""

from collections.abc import Sequence
from uuid import UUID

from tournament.bracket.seeding import Candidate, at_random, by_hand, by_rating
from tournament.tournaments.models import Entry, Tournament


def in_order(tournament: Tournament, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries in the order in which they would be seeded now, the best first."""
    found = {each.id: each for each in entries}
    return [found[entry_id] for entry_id in _ids_in_order(tournament, entries)]


def _ids_in_order(tournament: Tournament, entries: Sequence[Entry]) -> list[UUID]:
    candidates = [
        Candidate(each.id, each.rating, each.entered_at, each.wanted_seed) for each in entries
    ]
    if tournament.seeding == "manual":
        return by_hand(candidates)
    if tournament.seeding == "random":
        return at_random(candidates, tournament.seeding_number or 0)
    return by_rating(candidates)
