"""What tournament hands out about a player."""

import msgspec

from tournament.live.privacy import KeptMatch
from tournament.matchmaking.privacy import KeptInvitation, KeptPlace
from tournament.tournaments.privacy import KeptEntry, KeptNote, KeptTournament


class PlayerExport(msgspec.Struct, frozen=True):
    """All that is kept of a player; a field for each kind of thing."""

    queue_place: KeptPlace | None
    invitations: list[KeptInvitation]
    matches: list[KeptMatch]
    tournament_entries: list[KeptEntry]
    tournaments: list[KeptTournament]
    tournament_notes: list[KeptNote]
