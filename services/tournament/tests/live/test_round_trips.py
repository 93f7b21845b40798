"""Measurement of the round trip of messages to a player."""

import pytest

from tournament.live.round_trips import ROUND_TRIPS_KEPT, RoundTrips


def test_no_round_trip_is_known_at_first() -> None:
    trips = RoundTrips()
    assert (trips.usual, trips.longest) == (0.0, 0.0)


def test_the_worst_recent_round_trip_counts_and_the_usual_one_is_smoothed() -> None:
    trips = RoundTrips()
    trips.add(0.1)
    trips.add(0.2)
    assert trips.usual == pytest.approx(0.12)
    assert trips.longest == 0.2
    for _ in range(ROUND_TRIPS_KEPT):
        trips.add(0.1)
    assert trips.longest == 0.1


def test_a_new_connection_is_measured_from_scratch() -> None:
    trips = RoundTrips()
    trips.add(0.4)
    trips.reset()
    assert (trips.usual, trips.longest) == (0.4, 0.0)
    trips.add(0.1)
    assert (trips.usual, trips.longest) == (0.1, 0.1)
