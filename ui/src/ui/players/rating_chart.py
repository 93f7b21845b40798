"""The chart of a rating over time, as numbers without colours or sizes.

The plot is a square of BOX_UNITS by BOX_UNITS, which is stretched to the available room. Labels and the last point must
not be stretched, so their positions are in percent.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import Final

import msgspec

from contracts.history.ratings import RatingChangeDetails
from ui.formats import date

BOX_UNITS: Final = 1000
MOST_LINES: Final = 4
LINE_STEPS: Final = (10, 20, 50, 100, 200, 500, 1000)
SMALLEST_RATING_SPAN: Final = 40
"""Smallest range in rating points, so that a nearly constant rating is drawn as a nearly flat line."""
CERTAINTY_DEVIATIONS: Final = 2
"""Deviations to either side within which the strength lies in 19 of 20 cases."""


class ChartLine(msgspec.Struct, frozen=True):
    """A horizontal line of the plot: its distance from the top in percent, and its rating."""

    down: float
    rating: int


class RatingChart(msgspec.Struct, frozen=True):
    """A rating chart. `line` and `band` are path data, in the order in which the matches were played."""

    line: str
    band: str
    lines: list[ChartLine]
    across: float
    """Position of the last point in percent, like `down`."""
    down: float
    days: tuple[str, str]
    """Dates of the first and the last match; the second is empty if both are the same."""
    title: str
    description: str


def rating_chart(newest_first: Sequence[RatingChangeDetails]) -> RatingChart | None:
    """Return the chart of a player's rating changes, or None without a rated match."""
    changes = list(reversed(newest_first))
    if not changes:
        return None
    low, high = _plot_range(changes)

    def down(rating: float) -> float:
        return BOX_UNITS * (high - min(max(rating, low), high)) / (high - low)

    last = changes[-1]
    across = [_horizontal_position(number, len(changes)) for number in range(len(changes))]
    upper = [
        down(each.rating_after + CERTAINTY_DEVIATIONS * each.deviation_after) for each in changes
    ]
    lower = [
        down(each.rating_after - CERTAINTY_DEVIATIONS * each.deviation_after) for each in changes
    ]
    return RatingChart(
        line=_path_data(zip(across, [down(each.rating_after) for each in changes], strict=True)),
        band=_path_data(_band_outline(across, upper, lower)) + "z",
        lines=[
            ChartLine(down=_as_percent(down(rating)), rating=rating)
            for rating in _round_ratings(low, high)
        ],
        across=_as_percent(across[-1]),
        down=_as_percent(down(last.rating_after)),
        days=_first_and_last_day(date(changes[0].at), date(last.at)),
        title=f"Rating: {round(last.rating_after)} ± {round(CERTAINTY_DEVIATIONS * last.deviation_after)}",
        description=_description(changes),
    )


def _plot_range(changes: Sequence[RatingChangeDetails]) -> tuple[float, float]:
    """Return the lowest and the highest rating of the plot: all ratings, and the uncertainty of the last one. The
    uncertainty of the first is left out, because it would flatten the rest."""
    last = changes[-1]
    doubt = CERTAINTY_DEVIATIONS * last.deviation_after
    low = min(last.rating_after - doubt, *(each.rating_after for each in changes))
    high = max(last.rating_after + doubt, *(each.rating_after for each in changes))
    margin = max((high - low) / 10, (SMALLEST_RATING_SPAN - (high - low)) / 2)
    return low - margin, high + margin


def _horizontal_position(number: int, of: int) -> float:
    """Return a match's position by its number, not by time. A single one is in the middle."""
    return BOX_UNITS * number / (of - 1) if of > 1 else BOX_UNITS / 2


def _band_outline(
    across: Sequence[float], upper: Sequence[float], lower: Sequence[float]
) -> list[tuple[float, float]]:
    if len(across) == 1:
        # A single point has uncertainty but no width, so it is given one.
        left, right = across[0] - BOX_UNITS / 50, across[0] + BOX_UNITS / 50
        return [(left, upper[0]), (right, upper[0]), (right, lower[0]), (left, lower[0])]
    there = list(zip(across, upper, strict=True))
    back = list(zip(across, lower, strict=True))
    return there + back[::-1]


def _round_ratings(low: float, high: float) -> list[int]:
    """Return the round ratings in the range, as many as there is room for."""
    for step in LINE_STEPS:
        found = list(range(ceil(low / step) * step, floor(high) + 1, step))
        if len(found) <= MOST_LINES:
            return found
    return []


def _first_and_last_day(first: str, last: str) -> tuple[str, str]:
    return first, "" if first == last else last


def _path_data(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{round(x)} {round(y)}" for x, y in points)


def _as_percent(place: float) -> float:
    return round(place / BOX_UNITS * 100, 1)


def _description(changes: Sequence[RatingChangeDetails]) -> str:
    """Return the chart's description for readers who cannot see it."""
    first, last = changes[0], changes[-1]
    if len(changes) == 1:
        return f"After one rated match on {date(last.at)}: {round(last.rating_after)}."
    ratings = [round(each.rating_after) for each in changes]
    return (
        f"The last {len(changes)} rated matches, from {date(first.at)} to {date(last.at)}: "
        f"from {ratings[0]} to {ratings[-1]}, lowest {min(ratings)}, highest {max(ratings)}."
    )
