"""What a match is about, whoever speaks of it."""

from typing import Literal

SideName = Literal["left", "right"]
Points = Literal[3, 5, 7, 11, 21]
"""To how many points a match is played."""
