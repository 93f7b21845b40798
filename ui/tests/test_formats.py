"""Formatting of values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ui.formats import clock, day, duration, grouped, iso, rating, signed


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(0, "0 s"), (499, "0 s"), (59_400, "59 s"), (59_600, "1 min 0 s"), (1_800_000, "30 min 0 s")],
)
def test_durations_are_in_minutes_and_seconds(milliseconds: int, shown: str) -> None:
    assert duration(milliseconds) == shown


def test_moments_are_shown_in_utc() -> None:
    moment = datetime(2026, 11, 25, 1, 5, tzinfo=timezone(timedelta(hours=2)))
    assert day(moment) == "24 Nov 2026, 23:05 UTC"
    assert iso(moment) == "2026-11-24T23:05:00Z"
    assert iso(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"


def test_numbers_are_grouped() -> None:
    assert grouped(108_000) == "108,000"


def test_ratings_are_whole_numbers() -> None:
    assert rating(1499.6) == "1500"


@pytest.mark.parametrize(("change", "shown"), [(12, "+12"), (0, "+0"), (-3, "\N{MINUS SIGN}3")])
def test_a_change_has_a_sign(change: int, shown: str) -> None:
    assert signed(change) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(-1, "0:00"), (65.9, "1:05"), (3700, "61:40")])
def test_a_waiting_time_is_formatted_like_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
