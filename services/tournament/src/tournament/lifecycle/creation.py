"""Creates tournaments, as drafts that only their organiser sees."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final

import msgspec

from contracts.tournament.tournaments import TournamentSettings, TournamentWish, Visibility
from tournament.lifecycle import queries
from tournament.lifecycle.aliases import Alias, parse_aliases
from tournament.lifecycle.plan import requested_settings, validated_settings
from tournament.players.models import ErasedPlayer
from tournament.tournaments.errors import TooManyTournaments
from tournament.tournaments.events import log_step
from tournament.tournaments.models import DRAFT, ENTERED, Entry, Tournament
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.ids import new_id
from transcendence_common.problems import FieldError, InvalidFields

MOST_UNFINISHED_TOURNAMENTS: Final = 20
INVITATION_BYTES: Final = 16
"""Random bytes of an invitation: 128 bits cannot be guessed."""


async def create_draft(
    session: TimedSession, organiser: Player, wish: TournamentWish, key: str | None
) -> tuple[Tournament, bool]:
    """Create a draft, or return the one that this idempotency key created; tell whether it is new.

    Raises:
        InvalidFields: the settings are invalid.
        TooManyTournaments: the organiser has too many unfinished ones.
        PlayerGone: the organiser has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    await queries.lock_organiser(session, organiser.id)
    if key is not None:
        before = await queries.find_by_idempotency_key(session, organiser.id, key)
        if before is not None:
            return before, False
    aliases = _requested_aliases(wish)
    plan = validated_settings(requested_settings(wish), wish.kind, session.now)
    if (
        await queries.count_unfinished_tournaments(session, organiser.id)
        >= MOST_UNFINISHED_TOURNAMENTS
    ):
        raise TooManyTournaments(MOST_UNFINISHED_TOURNAMENTS)
    tournament = _new_draft(organiser, wish, plan, key, session.now)
    session.add(tournament)
    await session.flush()
    session.add_all(_alias_entries(tournament, aliases, session.now))
    log_step(tournament, "created", organiser)
    return tournament, True


def new_invitation_for(visibility: Visibility) -> str | None:
    """Return a new invitation for a tournament by invitation, else None."""
    return token_urlsafe(INVITATION_BYTES) if visibility == "link" else None


def _requested_aliases(wish: TournamentWish) -> Sequence[Alias]:
    if wish.kind == "hotseat":
        return parse_aliases(wish.aliases or ())
    if wish.aliases is not None:
        raise InvalidFields(FieldError("aliases", "Only same-keyboard tournaments have aliases."))
    return ()


def _new_draft(
    organiser: Player,
    wish: TournamentWish,
    plan: TournamentSettings,
    key: str | None,
    now: datetime,
) -> Tournament:
    return Tournament(
        id=new_id(),
        kind=wish.kind,
        **msgspec.structs.asdict(plan),
        invitation=new_invitation_for(plan.visibility),
        seeding="rating",
        seeding_number=None,
        state=DRAFT,
        organiser_id=organiser.id,
        organiser_name=organiser.name,
        idempotency_key=key,
        created_at=now,
        started_at=None,
        ended_at=None,
        round=0,
        entrants=0,
        revision=0,
    )


def _alias_entries(
    tournament: Tournament, aliases: Sequence[Alias], now: datetime
) -> Sequence[Entry]:
    """Return entries in the order of the typed names.

    Their seeds have the same order unless the organiser changes it.
    """
    return [
        Entry(
            id=new_id(),
            tournament_id=tournament.id,
            name=each.name,
            alias_key=each.key,
            state=ENTERED,
            entered_at=now + timedelta(microseconds=number),
        )
        for number, each in enumerate(aliases)
    ]
