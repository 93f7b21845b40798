"""A player's round-trip times, measured by the last answered beats."""

from collections import deque

ROUND_TRIPS_KEPT = 10
"""Number of round trips kept: 5 s of play, or 1 s of a countdown."""
SMOOTHING_FACTOR = 0.2


class RoundTrips:
    """Round-trip times in seconds; 0 before the first measurement."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=ROUND_TRIPS_KEPT)
        self.usual = 0.0
        """The smoothed round-trip time, as shown to players."""

    def add(self, seconds: float) -> None:
        self.usual = (
            seconds if not self._last else self.usual + SMOOTHING_FACTOR * (seconds - self.usual)
        )
        self._last.append(seconds)

    @property
    def longest(self) -> float:
        """The longest of the last round trips, from which the input delay is chosen."""
        return max(self._last, default=0.0)

    def reset(self) -> None:
        """Discard the measurements, because a new connection may take another route.

        `usual` stays until the next measurement.
        """
        self._last.clear()
