"""Types of a match that history and tournament share."""

from typing import Literal

SideName = Literal["left", "right"]
Points = Literal[3, 5, 7, 11, 21]
"""The score that wins a match."""
