"""How a match was played, and whose business it is."""

from typing import Final, Literal

PlayersMode = Literal["ai", "local", "online"]
PLAYERS_MODES: tuple[PlayersMode, ...] = ("ai", "local", "online")
"""Against the computer; two people at one keyboard; two players on two machines, each with an id. Players take part in
these, so they are listed and counted."""
Mode = Literal[PlayersMode, "hotseat"]
"""The last are two at one keyboard in a tournament: aliases both, in nobody's list and in nobody's statistics."""
PRIVATE_MODE: Mode = "local"
"""Its matches carry a name typed at a keyboard: only their player sees them."""
ONLINE: Mode = "online"
HOTSEAT: Final = "hotseat"
"""Its matches carry two such names: only their host sees them, who need not have played."""
