"""The geometry of the rating chart, tested without a page."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.history.ratings import RatingChangeDetails
from ui.players.rating_chart import BOX_UNITS, MOST_LINES, RatingChart, rating_chart

FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


def played(*ratings: float, deviation: float = 50) -> list[RatingChangeDetails]:
    """Return changes of a rating on consecutive days, newest first, as history returns them."""
    return [
        RatingChangeDetails(
            UUID(int=number),
            number + 1,
            1500,
            350,
            rating,
            deviation,
            FIRST + timedelta(days=number),
        )
        for number, rating in enumerate(ratings)
    ][::-1]


def drawn(*ratings: float, deviation: float = 50) -> RatingChart:
    chart = rating_chart(played(*ratings, deviation=deviation))
    assert chart
    return chart


def points(path: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", path)]


def test_there_is_no_chart_without_matches() -> None:
    assert rating_chart([]) is None


def test_the_line_runs_from_the_first_match_to_the_last() -> None:
    chart = drawn(1500, 1530, 1490)
    line = points(chart.line)
    assert [x for x, _ in line] == [0, BOX_UNITS // 2, BOX_UNITS]
    assert line[1][1] < line[0][1] < line[2][1]
    assert chart.across == 100.0
    assert chart.down == pytest.approx(line[-1][1] / BOX_UNITS * 100, abs=0.1)


def test_a_single_match_is_a_point_in_the_middle_with_its_uncertainty() -> None:
    chart = drawn(1532)
    assert points(chart.line) == [(BOX_UNITS // 2, BOX_UNITS // 2)]
    assert chart.across == 50.0
    band = points(chart.band)
    assert len(band) == 4
    assert band[0][1] < BOX_UNITS // 2 < band[-1][1]
    assert chart.days == ("1 November 2026", "")
    assert chart.description == "After one rated match on 1 November 2026: 1532."


def test_the_band_is_two_deviations_wide_on_either_side() -> None:
    chart = drawn(1500, 1500, deviation=50)
    upper, _, _, lower = points(chart.band)
    per_rating = BOX_UNITS / 240
    assert lower[1] - upper[1] == pytest.approx(200 * per_rating, abs=1)
    assert chart.band.endswith("z")


def test_an_initial_uncertainty_is_clipped_at_the_edge() -> None:
    changes = [
        *played(1500, 1510, deviation=40),
        RatingChangeDetails(UUID(int=9), 1, 1500, 350, 1500, 350, FIRST),
    ]
    chart = rating_chart(changes)
    assert chart
    assert {y for _, y in points(chart.band)} >= {0, BOX_UNITS}
    assert all(0 <= y <= BOX_UNITS for _, y in points(chart.band))


@pytest.mark.parametrize("deviation", [0, 30, 350])
@pytest.mark.parametrize("ratings", [(1500,), (1500, 1500), (100, 2900), tuple(range(1400, 1900))])
def test_everything_is_within_the_box_and_has_a_scale(
    ratings: tuple[float, ...], deviation: float
) -> None:
    chart = drawn(*ratings, deviation=deviation)
    for x, y in points(chart.line + chart.band):
        assert 0 <= x <= BOX_UNITS
        assert 0 <= y <= BOX_UNITS
    assert 1 <= len(chart.lines) <= MOST_LINES
    assert all(0 <= line.down <= 100 for line in chart.lines)
    assert len(points(chart.line)) == len(ratings)


def test_grid_lines_are_at_round_ratings() -> None:
    chart = drawn(1400, 1600, deviation=0)
    assert [line.rating for line in chart.lines] == [1400, 1500, 1600]
    top = chart.lines[-1]
    assert top.down == pytest.approx(points(chart.line)[-1][1] / BOX_UNITS * 100, abs=0.1)


def test_the_chart_has_a_text_alternative() -> None:
    chart = drawn(1500, 1612.4, 1480, 1555)
    assert chart.title == "Rating: 1555 ± 100"
    assert chart.description == (
        "The last 4 rated matches, from 1 November 2026 to 4 November 2026: "
        "from 1500 to 1555, lowest 1480, highest 1612."
    )
