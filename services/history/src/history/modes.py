"""How a match was played, and whose business it is."""

from typing import Literal

Mode = Literal["ai", "local", "online"]
MODES: tuple[Mode, ...] = ("ai", "local", "online")
"""Against the computer; two people at one keyboard; two players on two machines, each with an id."""
PRIVATE_MODE: Mode = "local"
"""Its matches carry a name typed at a keyboard: only their player sees them."""
ONLINE: Mode = "online"
