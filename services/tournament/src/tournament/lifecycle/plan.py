"""The settings of a tournament, as requested or changed, and their validation. Pure functions."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from contracts.tournament.tournaments import (
    LONGEST_TOURNAMENT_NAME,
    MOST_PLAYERS_BY_FORMAT,
    TournamentChange,
    TournamentKind,
    TournamentSettings,
    TournamentWish,
)
from tournament.tournaments.models import Tournament
from tournament.tournaments.text_rules import TextRefused, clean_multiline_text
from transcendence_common.names import NameRefused, clean_name
from transcendence_common.problems import FieldError, InvalidFields

FURTHEST_TIME_AHEAD: Final = timedelta(days=365)
TIME_FIELDS: Final = ("registration_closes_at", "starts_at")


SETTINGS_FIELDS: Final = frozenset(TournamentSettings.__struct_fields__)


def requested_settings(wish: TournamentWish) -> TournamentSettings:
    """Return the settings in a request to create a tournament; the size of a hotseat one is its number of aliases."""
    plan = msgspec.convert(wish, TournamentSettings, from_attributes=True)
    if wish.kind == "hotseat" and wish.aliases is not None:
        return msgspec.structs.replace(plan, size=len(wish.aliases))
    return plan


def current_settings(tournament: Tournament) -> TournamentSettings:
    """Return the current settings of a tournament."""
    return msgspec.convert(tournament, TournamentSettings, from_attributes=True)


def settings_after_change(plan: TournamentSettings, change: TournamentChange) -> TournamentSettings:
    """Return the settings after a change.

    A new format resets the fields that depend on it, unless they are requested.
    """
    wanted = {
        field: value
        for field, value in msgspec.structs.asdict(change).items()
        if value is not msgspec.UNSET
    }
    if wanted.get("format", plan.format) != plan.format:
        wanted = {"third_place": False, "rounds": None, **wanted}
    return msgspec.structs.replace(plan, **wanted)


def changed_fields(before: TournamentSettings, after: TournamentSettings) -> frozenset[str]:
    """Return the names of the settings that differ between `before` and `after`."""
    return frozenset(
        each for each in SETTINGS_FIELDS if getattr(before, each) != getattr(after, each)
    )


def validated_settings(
    plan: TournamentSettings,
    kind: TournamentKind,
    now: datetime,
    *,
    new: AbstractSet[str] = SETTINGS_FIELDS,
) -> TournamentSettings:
    """Check requested settings and return them as they are stored: text cleaned, times in UTC.

    Args:
        plan: the requested settings.
        kind: the tournament's kind, which never changes.
        now: the time after which its times must lie.
        new: the fields that change; only these are checked against the clock and the rules for text.

    Raises:
        InvalidFields: the settings are invalid.
    """
    plan = _with_defaults(plan)
    errors = [
        *_text_errors(plan, new),
        *_format_errors(plan),
        *_time_errors(plan, now, new),
        *(_hotseat_errors(plan) if kind == "hotseat" else ()),
    ]
    if errors:
        raise InvalidFields(*errors)
    return msgspec.structs.replace(
        plan,
        name=_clean_tournament_name(plan.name) if "name" in new else plan.name,
        description=clean_multiline_text(plan.description)
        if "description" in new
        else plan.description,
        registration_closes_at=_to_utc(plan.registration_closes_at),
        starts_at=_to_utc(plan.starts_at),
    )


def _with_defaults(plan: TournamentSettings) -> TournamentSettings:
    once = plan.format == "round_robin" and plan.rounds is None
    return msgspec.structs.replace(
        plan,
        rounds=1 if once else plan.rounds,
        registration_closes_at=_assume_utc(plan.registration_closes_at),
        starts_at=_assume_utc(plan.starts_at),
    )


def _clean_tournament_name(typed: str) -> str:
    return clean_name(typed, longest=LONGEST_TOURNAMENT_NAME)


def _text_errors(plan: TournamentSettings, new: AbstractSet[str]) -> Iterator[FieldError]:
    ways: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("name", plan.name, _clean_tournament_name),
        ("description", plan.description, clean_multiline_text),
    )
    for field, typed, read in ways:
        try:
            if field in new:
                read(typed)
        except (NameRefused, TextRefused) as refused:
            yield FieldError(field, str(refused))


def _format_errors(plan: TournamentSettings) -> Iterator[FieldError]:
    if plan.size > MOST_PLAYERS_BY_FORMAT[plan.format]:
        yield FieldError(
            "size", f"A round robin has at most {MOST_PLAYERS_BY_FORMAT[plan.format]} players."
        )
    if plan.third_place and plan.format != "single_elimination":
        yield FieldError("third_place", "Only single elimination has a third-place match.")
    if plan.format == "round_robin" and plan.rounds not in (1, 2):
        yield FieldError("rounds", "Choose 1 or 2: everyone plays everyone once or twice.")
    if plan.format.endswith("elimination") and plan.rounds is not None:
        yield FieldError(
            "rounds", "Leave the rounds empty: an elimination plays as many as it needs."
        )


def _time_errors(
    plan: TournamentSettings, now: datetime, new: AbstractSet[str]
) -> Iterator[FieldError]:
    closes_at, starts_at = plan.registration_closes_at, plan.starts_at
    for field, time in zip(TIME_FIELDS, (closes_at, starts_at), strict=True):
        if time is not None and field in new and not now < time <= now + FURTHEST_TIME_AHEAD:
            yield FieldError(field, "Choose a time within the next year.")
    if closes_at is not None and starts_at is not None and closes_at > starts_at:
        yield FieldError("registration_closes_at", "Choose a time before the start.")
    if plan.check_in_minutes is not None and starts_at is None:
        yield FieldError(
            "check_in_minutes",
            "Check-in needs a start time. Set a start time, or leave check-in empty.",
        )


def _hotseat_errors(plan: TournamentSettings) -> Iterator[FieldError]:
    if plan.rated:
        yield FieldError("rated", "Same-keyboard matches cannot be rated.")
    if plan.visibility != "public":
        yield FieldError(
            "visibility", "Same-keyboard tournaments have no invitations: only you can see them."
        )
    for field, time in zip(TIME_FIELDS, (plan.registration_closes_at, plan.starts_at), strict=True):
        if time is not None:
            yield FieldError(
                field, "Leave this empty: you start a same-keyboard tournament yourself."
            )


def _assume_utc(time: datetime | None) -> datetime | None:
    """Return the time as UTC if it has no time zone."""
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def _to_utc(time: datetime | None) -> datetime | None:
    return None if time is None else time.astimezone(UTC)
