"""Types of the export of a player's data."""

import msgspec

from tournament.privacy.matches import KeptMatch
from tournament.privacy.matchmaking import KeptInvitation, KeptPlace
from tournament.privacy.tournaments import KeptEntry, KeptNote, KeptTournament


class PlayerExport(msgspec.Struct, frozen=True):
    """All stored data of a player, one field for each kind."""

    queue_place: KeptPlace | None
    invitations: list[KeptInvitation]
    matches: list[KeptMatch]
    tournament_entries: list[KeptEntry]
    tournaments: list[KeptTournament]
    tournament_notes: list[KeptNote]
