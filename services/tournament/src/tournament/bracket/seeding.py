"""Orders entrants for seeding. Pure functions."""

from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import NamedTuple
from uuid import UUID


class SeedingCandidate(NamedTuple):
    """An entry to be seeded."""

    id: UUID
    rating: float | None
    entered_at: datetime
    wanted: int | None
    """The seed set by the organiser."""


def order_by_rating(candidates: Iterable[SeedingCandidate]) -> list[UUID]:
    """Return the ids by rating, the best first; of equals the earlier entry, and those without a rating last."""
    return _ids(
        sorted(
            candidates,
            key=lambda each: (each.rating is None, -(each.rating or 0), each.entered_at, each.id),
        )
    )


def order_manually(candidates: Iterable[SeedingCandidate]) -> list[UUID]:
    """Return the ids by the organiser's seeds, then the others in the order of entry."""
    return _ids(
        sorted(
            candidates,
            key=lambda each: (each.wanted is None, each.wanted or 0, each.entered_at, each.id),
        )
    )


def order_randomly(candidates: Iterable[SeedingCandidate], number: int) -> list[UUID]:
    """Return the ids in a random order that follows from the number, so that the draw can be repeated."""
    ids = sorted(each.id for each in candidates)
    # A public draw: its number is shown, and nothing has to stay secret.
    Random(number).shuffle(ids)  # noqa: S311
    return ids


def _ids(candidates: Iterable[SeedingCandidate]) -> list[UUID]:
    return [each.id for each in candidates]
