"""Creates the objects of the service and connects them."""

from dataclasses import dataclass

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from history.settings import HistorySettings
from history.tickets.signing import TicketSigner
from transcendence_common.reads import DatabaseReads, Reads


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The objects that live as long as the service; handlers can depend on each by its name."""

    reads: Reads
    tickets: TicketSigner


def assemble(settings: HistorySettings, db: SQLAlchemyAsyncConfig) -> Wiring:
    return Wiring(
        reads=DatabaseReads(db),
        tickets=TicketSigner(settings.history_ticket_secret.get_secret_value()),
    )
