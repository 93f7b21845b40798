"""Numbers of the sides in the game, and their names on the wire."""

from contracts.game import SideName
from pong.court import LEFT, NOBODY, RIGHT

SIDE_NUMBERS: dict[SideName | None, int] = {None: NOBODY, "left": LEFT, "right": RIGHT}
SIDE_NAMES: dict[int | None, SideName | None] = {None: None, LEFT: "left", RIGHT: "right"}
