"""Counters and log lines of entries."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import structlog

from tournament.tournaments.metrics import EntryChange, count_entry
from tournament.tournaments.models import Entry, Tournament
from transcendence_common.identity import Player

EntriesAction = Literal["entries-moved-up", "entries-dropped"]
"""Entries that got a place from the waiting list; entries dropped at the start, absent or still waiting."""

logger = structlog.get_logger("tournament.entries")


def log_entry_change(entry: Entry, coming: EntryChange, organiser: Player | None = None) -> None:
    """Count and log a change of an entry; `organiser` is given where the player did not make it."""
    count_entry(coming)
    action = f"entry-{coming.replace('_', '-')}"
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["api"],
            "event.type": ["change"],
            "event.outcome": "success",
            **_people_fields(entry.player_id, organiser),
            "labels.tournament_id": str(entry.tournament_id),
            "labels.entry_id": str(entry.id),
        },
    )


def log_entries_change(
    tournament: Tournament, moving: EntriesAction, player_ids: Sequence[UUID | None]
) -> None:
    """Log a change of several entries, unless there are none."""
    if not player_ids:
        return
    logger.info(
        moving.replace("-", " "),
        **{
            "event.action": moving,
            "event.category": ["process"],
            "event.type": ["change"],
            "event.outcome": "success",
            "labels.tournament_id": str(tournament.id),
            "related.user": [str(each) for each in player_ids if each is not None],
            "transcendence.count": len(player_ids),
        },
    )


def _people_fields(player_id: UUID | None, organiser: Player | None) -> dict[str, object]:
    """Return the log's fields for the actor and the target. Aliases and erased players have no account."""
    player = {} if player_id is None else {"user.id": str(player_id)}
    if organiser is None:
        return {**player}
    target = {} if player_id is None else {"user.target.id": str(player_id)}
    both = [str(each) for each in (organiser.id, player_id) if each is not None]
    return {"user.id": str(organiser.id), **target, "related.user": both}
