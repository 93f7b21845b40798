"""Glicko-2 ratings: a player's strength, its uncertainty (deviation), and its steadiness (volatility).

The functions follow the steps and symbols of Mark Glickman's "Example of the Glicko-2 system" (2022), whose worked
example is a test. Our own additions are marked "Ours": the bounds, and the definition of a period.

The paper collects 10 to 15 games of a player in a rating period. Here each match is a period for both of its players,
because a player wants to see the effect of a match. Step 6 of the paper then adds the volatility once per match, which
keeps the deviation of the busiest players near 60: enough for the rating to follow their form.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

SCALE = 173.7178
"""Points of the usual scale per point of the paper's scale."""
MIDDLE_RATING = 1500.0
TAU = 0.5
"""How far a surprising result moves the volatility; the paper recommends 0.3 to 1.2."""
TOLERANCE = 1e-6

START_DEVIATION = 350.0
START_VOLATILITY = 0.06
PROVISIONAL_ABOVE = 110.0
"""Deviation above which a rating is provisional: in 95 of 100 cases the strength lies within twice the deviation. A
newcomer falls below it after ten matches."""

IDLE_PERIOD = timedelta(days=5)
"""Ours. Time that counts as a period without games. A regular player's deviation of 60 becomes provisional after (110²
- 60²) / (0.06 × 173.7178)² = 78 periods, which is 13 months; a week's holiday adds one point to 60."""

MIN_RATING, MAX_RATING = 100.0, 4000.0
"""Ours. Real players never reach these bounds; they keep every exponent within the range of a double for any input."""
MIN_VOLATILITY, MAX_VOLATILITY = 0.03, 0.12
"""Ours. Half and twice the start value: an erratic player stays rateable, and a steady player's volatility does not
vanish."""

WON, LOST = 1.0, 0.0


@dataclass(frozen=True, slots=True)
class Rating:
    """A player's rating on the usual scale between two matches."""

    rating: float = MIDDLE_RATING
    deviation: float = START_DEVIATION
    volatility: float = START_VOLATILITY


class GameResult(NamedTuple):
    """One game of a period: the opponent's rating before it, and 1 for a win, 0 for a loss."""

    opponent: Rating
    score: float


def ratings_after_match(winner: Rating, loser: Rating) -> tuple[Rating, Rating]:
    """Return both ratings after a match, each computed from the other's rating before it."""
    return rating_after_period(winner, [GameResult(loser, WON)]), rating_after_period(
        loser, [GameResult(winner, LOST)]
    )


def rating_after_idling(rating: Rating, idle: timedelta) -> Rating:
    """Return the rating after a time without matches: its deviation grows, up to a newcomer's."""
    periods = max(idle / IDLE_PERIOD, 0.0)
    phi = math.hypot(rating.deviation / SCALE, rating.volatility * math.sqrt(periods))
    return replace(rating, deviation=min(phi * SCALE, START_DEVIATION))


def settled_duration(rating: Rating) -> timedelta | None:
    """Return how long the rating stays settled without a match, or None if it is provisional now."""
    if rating.deviation > PROVISIONAL_ABOVE:
        return None
    grown = (PROVISIONAL_ABOVE**2 - rating.deviation**2) / SCALE**2
    return grown / rating.volatility**2 * IDLE_PERIOD


def rating_after_period(player: Rating, results: Sequence[GameResult]) -> Rating:
    """Return a player's rating after one period with at least one game: steps 2 to 8 of the paper."""
    mu, phi = _mu(player), player.deviation / SCALE
    information = improvement = 0.0
    for opponent, score in results:
        g = _g(opponent.deviation / SCALE)
        expected = _expected(mu, _mu(opponent), g)
        information += g**2 * expected * (1 - expected)
        improvement += g * (score - expected)
    v = 1 / information
    sigma = _volatility(player.volatility, phi, v, delta=v * improvement)
    phi_star = math.hypot(phi, sigma)
    new_phi = 1 / math.sqrt(1 / phi_star**2 + 1 / v)
    new_mu = mu + new_phi**2 * improvement
    return Rating(
        rating=_clamp(MIN_RATING, SCALE * new_mu + MIDDLE_RATING, MAX_RATING),
        deviation=min(SCALE * new_phi, START_DEVIATION),
        volatility=sigma,
    )


def _mu(rating: Rating) -> float:
    return (rating.rating - MIDDLE_RATING) / SCALE


def _g(phi: float) -> float:
    """Return the weight of a result against an opponent with this deviation."""
    return 1 / math.sqrt(1 + 3 * phi**2 / math.pi**2)


def _expected(mu: float, opponents_mu: float, g: float) -> float:
    return 1 / (1 + math.exp(-g * (mu - opponents_mu)))


def _volatility(sigma: float, phi: float, v: float, *, delta: float) -> float:
    """Compute step 5 of the paper: the root of f by the Illinois variant of regula falsi."""
    a = math.log(sigma**2)

    def f(x: float) -> float:
        e = math.exp(x)
        spread = phi**2 + v + e
        return e * (delta**2 - spread) / (2 * spread**2) - (x - a) / TAU**2

    lower, upper = a, _opposite_sign_point(a, f, surprise=delta**2 - phi**2 - v)
    f_lower, f_upper = f(lower), f(upper)
    while abs(upper - lower) > TOLERANCE:
        middle = lower + (lower - upper) * f_lower / (f_upper - f_lower)
        f_middle = f(middle)
        if f_middle * f_upper <= 0:
            lower, f_lower = upper, f_upper
        else:
            f_lower /= 2
        upper, f_upper = middle, f_middle
    return _clamp(MIN_VOLATILITY, math.exp(lower / 2), MAX_VOLATILITY)


def _opposite_sign_point(a: float, f: Callable[[float], float], *, surprise: float) -> float:
    """Return a point where f has the opposite sign than at `a`, or is zero."""
    if surprise > 0:
        return math.log(surprise)
    k = 1
    while f(a - k * TAU) < 0:
        k += 1
    return a - k * TAU


def _clamp(least: float, value: float, most: float) -> float:
    return max(least, min(value, most))
