"""That somebody came or went is counted and logged."""

import structlog

from tournament.tournaments.metrics import Coming, count_entry
from tournament.tournaments.models import Entry

logger = structlog.get_logger("tournament.entries")


def record(entry: Entry, coming: Coming) -> None:
    """Count and log what has become of an entry."""
    count_entry(coming)
    action = f"entry-{coming.replace('_', '-')}"
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["api"],
            "event.outcome": "success",
            **({} if entry.player_id is None else {"user.id": str(entry.player_id)}),
            "labels.tournament_id": str(entry.tournament_id),
            "labels.entry_id": str(entry.id),
        },
    )
