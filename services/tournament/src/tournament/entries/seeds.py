"""The order in which entries are seeded. Pure functions."""

from collections.abc import Sequence
from uuid import UUID

from tournament.bracket.seeding import (
    SeedingCandidate,
    order_by_rating,
    order_manually,
    order_randomly,
)
from tournament.tournaments.models import Entry, Tournament


def in_seed_order(tournament: Tournament, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries in the order in which they would be seeded now, the best first."""
    found = {each.id: each for each in entries}
    return [found[entry_id] for entry_id in _ids_in_seed_order(tournament, entries)]


def _ids_in_seed_order(tournament: Tournament, entries: Sequence[Entry]) -> list[UUID]:
    candidates = [
        SeedingCandidate(each.id, each.rating, each.entered_at, each.wanted_seed)
        for each in entries
    ]
    if tournament.seeding == "manual":
        return order_manually(candidates)
    if tournament.seeding == "random":
        return order_randomly(candidates, tournament.seeding_number or 0)
    return order_by_rating(candidates)
