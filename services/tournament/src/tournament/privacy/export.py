"""What tournament hands out about a player."""

import msgspec

from tournament.privacy.matches import KeptMatch
from tournament.privacy.matchmaking import KeptInvitation, KeptPlace
from tournament.privacy.tournaments import KeptEntry, KeptNote, KeptTournament


class PlayerExport(msgspec.Struct, frozen=True):
    """All that is kept of a player; a field for each kind of thing."""

    queue_place: KeptPlace | None
    invitations: list[KeptInvitation]
    matches: list[KeptMatch]
    tournament_entries: list[KeptEntry]
    tournaments: list[KeptTournament]
    tournament_notes: list[KeptNote]
