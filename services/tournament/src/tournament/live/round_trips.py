"""How long a message to a player and back takes, from the last beats that they answered."""

from collections import deque

KEPT = 10
"""Five seconds of play, or one of a countdown."""
SMOOTHING = 0.2


class RoundTrips:
    """Seconds; 0 while nothing is known."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=KEPT)
        self.usual = 0.0
        """Smoothed, as it is shown."""

    def add(self, seconds: float) -> None:
        self.usual = seconds if not self._last else self.usual + SMOOTHING * (seconds - self.usual)
        self._last.append(seconds)

    @property
    def worst(self) -> float:
        """Of the last ones: what the delay has to bear."""
        return max(self._last, default=0.0)

    def forget(self) -> None:
        """Another connection may take another way; what is shown stays until something is known of it."""
        self._last.clear()
