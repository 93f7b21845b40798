"""Settings that a player chooses before a match, in the lobby and on the play page."""

from typing import Final

POINTS_CHOICES: Final = (3, 5, 7, 11, 21)
DEFAULT_POINTS: Final = 7
LEVELS: Final = ("easy", "normal", "hard")
DEFAULT_LEVEL: Final = "normal"
LONGEST_OPPONENT_NAME: Final = 32
"""Characters of an opponent's name; the limit of history."""
DEFAULT_OPPONENT: Final = "Guest"
