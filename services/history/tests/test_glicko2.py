"""The rating formula: the paper's numbers, and properties that players may rely on."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.ratings.glicko2 import (
    IDLE_PERIOD,
    MAX_RATING,
    MAX_VOLATILITY,
    MIN_RATING,
    MIN_VOLATILITY,
    PROVISIONAL_ABOVE,
    START_DEVIATION,
    GameResult,
    Rating,
    rating_after_idling,
    rating_after_period,
    ratings_after_match,
    settled_duration,
)

RATING = st.builds(
    Rating,
    rating=st.floats(MIN_RATING, MAX_RATING),
    deviation=st.floats(20, START_DEVIATION),
    volatility=st.floats(MIN_VOLATILITY, MAX_VOLATILITY),
)
MODEST = st.builds(Rating, rating=st.floats(1000, 2000), deviation=st.floats(30, 350))
"""Ratings too far from the bounds to reach them."""
REGULAR = Rating(1500, 60, 0.06)
DAYS = st.floats(0, 5000).map(lambda days: timedelta(days=days))


def test_the_worked_example_of_the_paper() -> None:
    results = [
        GameResult(Rating(1400, 30), 1),
        GameResult(Rating(1550, 100), 0),
        GameResult(Rating(1700, 300), 0),
    ]
    after = rating_after_period(Rating(1500, 200, 0.06), results)
    assert after.rating == pytest.approx(1464.06, abs=0.01)
    assert after.deviation == pytest.approx(151.52, abs=0.005)
    assert after.volatility == pytest.approx(0.05999, abs=0.00001)


@given(winner=RATING, loser=RATING)
def test_winning_never_lowers_and_losing_never_raises(winner: Rating, loser: Rating) -> None:
    after_winner, after_loser = ratings_after_match(winner, loser)
    assert after_winner.rating >= winner.rating
    assert after_loser.rating <= loser.rating


@given(rating=st.floats(600, 2400), deviation=st.floats(30, 350))
def test_equal_players_change_by_the_same_amount(rating: float, deviation: float) -> None:
    both = Rating(rating, deviation)
    winner, loser = ratings_after_match(both, both)
    assert winner.rating - rating == pytest.approx(rating - loser.rating)
    assert winner.deviation == pytest.approx(loser.deviation)
    assert winner.volatility == pytest.approx(loser.volatility)


@given(one=MODEST, other=MODEST, shift=st.floats(-300, 300))
def test_only_the_difference_of_ratings_counts(one: Rating, other: Rating, shift: float) -> None:
    shifted = ratings_after_match(
        *(replace(each, rating=each.rating + shift) for each in (one, other))
    )
    for there, here in zip(shifted, ratings_after_match(one, other), strict=True):
        assert there.rating - shift == pytest.approx(here.rating)
        assert there.deviation == pytest.approx(here.deviation)


@given(player=RATING, weaker=RATING, stronger=RATING)
def test_beating_a_stronger_player_brings_at_least_as_much(
    player: Rating, weaker: Rating, stronger: Rating
) -> None:
    low, high = sorted((weaker.rating, stronger.rating))
    gains = [ratings_after_match(player, Rating(other, 80))[0].rating for other in (low, high)]
    assert gains[0] <= gains[1] + 1e-9


@given(player=RATING, opponent=RATING, results=st.lists(st.booleans(), min_size=1, max_size=60))
def test_every_number_stays_within_the_range_of_the_database(
    player: Rating, opponent: Rating, results: list[bool]
) -> None:
    for won in results:
        if won:
            player, opponent = ratings_after_match(player, opponent)
        else:
            opponent, player = ratings_after_match(opponent, player)
        for rating in (player, opponent):
            assert MIN_RATING <= rating.rating <= MAX_RATING
            assert 0 < rating.deviation <= START_DEVIATION
            assert MIN_VOLATILITY <= rating.volatility <= MAX_VOLATILITY


@given(rating=RATING, first=DAYS, then=DAYS)
def test_idling_is_additive_and_never_reduces_the_deviation(
    rating: Rating, first: timedelta, then: timedelta
) -> None:
    at_once = rating_after_idling(rating, first + then)
    in_two = rating_after_idling(rating_after_idling(rating, first), then)
    assert at_once.deviation == pytest.approx(in_two.deviation)
    assert rating.deviation <= at_once.deviation * (1 + 1e-12) <= START_DEVIATION * (1 + 1e-11)
    assert (at_once.rating, at_once.volatility) == (rating.rating, rating.volatility)


def test_a_clock_set_back_changes_nothing() -> None:
    assert rating_after_idling(REGULAR, -IDLE_PERIOD).deviation == pytest.approx(REGULAR.deviation)


@given(rating=RATING)
def test_a_rating_is_settled_until_its_deviation_has_grown(rating: Rating) -> None:
    settled = settled_duration(rating)
    if settled is None:
        assert rating.deviation > PROVISIONAL_ABOVE
    else:
        assert rating_after_idling(rating, settled).deviation == pytest.approx(
            PROVISIONAL_ABOVE, rel=1e-3
        )
        assert settled < timedelta(days=20 * 365)


def test_a_new_player_is_settled_after_about_ten_matches() -> None:
    newcomer, played = Rating(), 0
    while settled_duration(newcomer) is None:
        opponent = Rating(newcomer.rating, 60)
        pair = (
            ratings_after_match(newcomer, opponent)
            if played % 2
            else ratings_after_match(opponent, newcomer)
        )
        newcomer = pair[0 if played % 2 else 1]
        played += 1
    assert 8 <= played <= 12


def test_an_inactive_player_is_provisional_after_a_year() -> None:
    settled = settled_duration(REGULAR)
    assert settled is not None
    assert timedelta(days=365) < settled < timedelta(days=420)


def test_the_deviation_of_a_constantly_active_player_does_not_vanish() -> None:
    players = Rating(), Rating()
    for _ in range(2_000):
        players = ratings_after_match(players[1], players[0])
    assert all(50 < player.deviation < 70 for player in players)


def test_no_exponent_overflows_for_an_unlikely_result() -> None:
    top, bottom = Rating(MAX_RATING, 350, MAX_VOLATILITY), Rating(MIN_RATING, 20, MIN_VOLATILITY)
    for winner, loser in ((bottom, top), (top, bottom)):
        for after in ratings_after_match(winner, loser):
            assert math.isfinite(after.rating + after.deviation + after.volatility)
