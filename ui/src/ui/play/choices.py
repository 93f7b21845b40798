"""What a player chooses before a match, on the lobby as on the play page."""

from typing import Final

POINTS_CHOICES: Final = (3, 5, 7, 11, 21)
FIRST_POINTS: Final = 7
LEVELS: Final = ("easy", "normal", "hard")
FIRST_LEVEL: Final = "normal"
LONGEST_NAME: Final = 32
"""Characters of an opponent's name, as history takes them."""
DEFAULT_OPPONENT: Final = "Guest"
