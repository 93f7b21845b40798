"""The order of seeds."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tournament.bracket.seeding import (
    SeedingCandidate,
    order_by_rating,
    order_manually,
    order_randomly,
)


def candidate(
    number: int, rating: float | None = None, *, minute: int = 0, wanted: int | None = None
) -> SeedingCandidate:
    entered_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return SeedingCandidate(UUID(int=number), rating, entered_at, wanted)


def numbers(ids: list[UUID]) -> list[int]:
    return [each.int for each in ids]


def test_seeds_follow_ratings_then_the_time_of_entry() -> None:
    crowd = [
        candidate(1, None),
        candidate(2, 1500, minute=2),
        candidate(3, 1800, minute=3),
        candidate(4, 1500, minute=1),
    ]
    assert numbers(order_by_rating(crowd)) == [3, 4, 2, 1]


def test_unlisted_entrants_follow_the_manual_order() -> None:
    crowd = [
        candidate(1, 2000, minute=2),
        candidate(2, wanted=2),
        candidate(3, wanted=1),
        candidate(4, minute=1),
    ]
    assert numbers(order_manually(crowd)) == [3, 2, 4, 1]


@given(st.permutations(range(1, 20)), st.integers(0, 2**63 - 1))
def test_the_same_number_draws_the_same_order(order: list[int], number: int) -> None:
    drawn = order_randomly([candidate(each) for each in order], number)
    assert drawn == order_randomly([candidate(each) for each in range(1, 20)], number)
    assert sorted(numbers(drawn)) == list(range(1, 20))


def test_the_order_of_a_number_never_changes() -> None:
    """Tournaments publish their numbers, so that anyone can repeat the draw at any time."""
    drawn = order_randomly([candidate(each) for each in range(1, 9)], 2026)
    assert numbers(drawn) == [7, 8, 4, 1, 6, 5, 3, 2]
