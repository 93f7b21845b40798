"""What the service is made of: each part lives as long as it does, and is a dependency of the same name."""

from dataclasses import dataclass

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from history.reads import Reads, reads_of
from history.settings import HistorySettings
from history.tickets.signing import TicketSigner


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Each is made once."""

    reads: Reads
    tickets: TicketSigner


def assemble(settings: HistorySettings, db: SQLAlchemyAsyncConfig) -> Parts:
    """Put the parts together."""
    return Parts(
        reads=reads_of(db),
        tickets=TicketSigner(settings.history_ticket_secret.get_secret_value()),
    )
