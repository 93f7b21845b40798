"""Sets how seeds are given: by rating, manually, or by a random draw that can be repeated."""

from collections.abc import Sequence
from secrets import randbelow
from typing import Final
from uuid import UUID

from contracts.tournament.tournaments import EntryDetails, SeedingWish
from tournament.audit.writing import add_audit_entry
from tournament.entries.queries import find_entered
from tournament.entries.schemas import entry_to_schema
from tournament.entries.seeds import in_seed_order
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import lock_organised
from tournament.tournaments.events import log_tournament_change
from tournament.tournaments.models import OPEN, Entry, Tournament
from tournament.tournaments.organiser_rules import check_seeding
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.problems import FieldError, InvalidFields

DRAW_NUMBERS: Final = 1_000_000_000
"""Number of possible draws: too many to foresee one, and short enough to read out."""


async def set_seeding(
    session: TimedSession, organiser: Player, tournament_id: UUID, wish: SeedingWish
) -> list[EntryDetails]:
    """Set the seeding; return the entries with a place, by expected seed.

    Raises:
        NoSuchTournament, NotOrganiser
        NotPossibleNow: it has started, or is over.
        InvalidFields: an order with a method other than manual, with a player twice or without a place.
        PlayerGone: the organiser has been erased.
    """
    order = _requested_order(wish)
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    tournament = await lock_organised(session, tournament_id, organiser)
    check_seeding(tournament)
    entered = await find_entered(session, tournament.id)
    before = _audit_text(tournament)
    if _apply_seeding(tournament, entered, wish, order):
        if tournament.state == OPEN:
            after = _audit_text(tournament)
            add_audit_entry(session, tournament, organiser, "seeded", before=before, after=after)
        await raise_revision(session, tournament)
        log_tournament_change(tournament, "seeded", organiser)
    return [
        entry_to_schema(each, number)
        for number, each in enumerate(in_seed_order(tournament, entered), 1)
    ]


def _requested_order(wish: SeedingWish) -> list[UUID]:
    if (wish.method == "manual") != (wish.order is not None):
        raise InvalidFields(FieldError("order", "Send an order for manual seeding only."))
    order = wish.order or []
    if len(set(order)) < len(order):
        raise InvalidFields(FieldError("order", "This order contains a player twice."))
    return order


def _apply_seeding(
    tournament: Tournament, entered: Sequence[Entry], wish: SeedingWish, order: Sequence[UUID]
) -> bool:
    """Set the seeding and tell whether it changed. Repeating it changes nothing, but each draw is a new one."""
    if not {each.id for each in entered}.issuperset(order):
        raise InvalidFields(
            FieldError("order", "A player in this order has no place; they may have left.")
        )
    places = {entry_id: number for number, entry_id in enumerate(order, 1)}
    before = (tournament.seeding, {each.id: each.wanted_seed for each in entered})
    for each in entered:
        each.wanted_seed = places.get(each.id)
    tournament.seeding = wish.method
    tournament.seeding_number = randbelow(DRAW_NUMBERS) if wish.method == "random" else None
    after = (tournament.seeding, {each.id: each.wanted_seed for each in entered})
    return wish.method == "random" or after != before


def _audit_text(tournament: Tournament) -> str:
    number = tournament.seeding_number
    return tournament.seeding if number is None else f"{tournament.seeding} {number}"
