"""Types of the export of a player's data."""

import msgspec

from tournament.privacy.matches import ExportedMatch
from tournament.privacy.matchmaking import ExportedInvitation, ExportedQueuePlace
from tournament.privacy.tournaments import ExportedAuditEntry, ExportedEntry, ExportedTournament


class PlayerExport(msgspec.Struct, frozen=True):
    """The data that tournament stores about a player, one field for each kind.

    Left out are relationships, which auth exports, and the key changes of live matches, which history exports when the
    match is over.
    """

    queue_place: ExportedQueuePlace | None
    invitations: list[ExportedInvitation]
    matches: list[ExportedMatch]
    tournament_entries: list[ExportedEntry]
    tournaments: list[ExportedTournament]
    tournament_notes: list[ExportedAuditEntry]
