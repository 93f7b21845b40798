"""Modes of a match, and who may see matches of each mode."""

from typing import Final, Literal

PlayersMode = Literal["ai", "local", "online"]
PLAYERS_MODES: tuple[PlayersMode, ...] = ("ai", "local", "online")
"""Against the computer; two people at one keyboard; two players on two machines, each with an id. These matches have
players, so they are listed and counted."""
Mode = Literal[PlayersMode, "hotseat"]
"""`hotseat`: two aliases at one keyboard in a tournament, in no player's list and in no player's statistics."""
PRIVATE_MODE: Mode = "local"
"""Only the player sees these matches: they carry a name typed at a keyboard."""
PUBLIC_MODES: tuple[PlayersMode, ...] = ("ai", "online")
"""Everyone may see these matches."""
ONLINE: Mode = "online"
HOTSEAT: Final = "hotseat"
"""Only the host sees these matches, who need not have played: they carry two typed names."""
