"""In which order those who take part are seeded."""

from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import NamedTuple
from uuid import UUID


class Candidate(NamedTuple):
    """Somebody who is to be seeded."""

    id: UUID
    rating: float | None
    entered_at: datetime
    wanted: int | None
    """Where the organiser has put them."""


def by_rating(candidates: Iterable[Candidate]) -> list[UUID]:
    """Return the ids, the best first, of equals who entered first; who has no rating comes after the rest."""
    return _ids(
        sorted(
            candidates,
            key=lambda each: (each.rating is None, -(each.rating or 0), each.entered_at, each.id),
        )
    )


def by_hand(candidates: Iterable[Candidate]) -> list[UUID]:
    """Return the ids as the organiser has put them, then the others as they entered."""
    return _ids(
        sorted(
            candidates,
            key=lambda each: (each.wanted is None, each.wanted or 0, each.entered_at, each.id),
        )
    )


def at_random(candidates: Iterable[Candidate], number: int) -> list[UUID]:
    """Return the ids in an order that follows from the number, so that anybody can draw again."""
    ids = sorted(each.id for each in candidates)
    # A lottery in the open: its number is shown, and nothing is to be kept secret.
    Random(number).shuffle(ids)  # noqa: S311
    return ids


def _ids(candidates: Iterable[Candidate]) -> list[UUID]:
    return [each.id for each in candidates]
