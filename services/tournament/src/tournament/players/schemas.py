"""What tournament hands out about a player."""

import msgspec


class PlayerExport(msgspec.Struct, frozen=True):
    """All that is kept of a player; a field for each kind of thing, so far none."""
