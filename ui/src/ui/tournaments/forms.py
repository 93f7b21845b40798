"""Forms that create and change a tournament: the typed values, and their conversion into settings.

Times are in UTC here: js/utc-times.js converts times typed in local time, and says so beside the field.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Literal, get_args

import msgspec

from contracts.tournament.tournaments import (
    CHANGEABLE_WHILE_OPEN,
    FEWEST_PLAYERS,
    LONGEST_CHECK_IN_MINUTES,
    LONGEST_DESCRIPTION,
    LONGEST_TOURNAMENT_NAME,
    MOST_PLAYERS,
    MOST_PLAYERS_BY_FORMAT,
    MOST_ROUNDS,
    TournamentChange,
    TournamentDetails,
    TournamentFormat,
    TournamentSettings,
    TournamentWish,
)
from ui.account_settings.forms import FormState
from ui.play.choices import DEFAULT_POINTS, POINTS_CHOICES
from ui.tournaments.numbers import NotANumber, decimal_of, moment_of, whole_number

FORMATS: Final[tuple[TournamentFormat, ...]] = get_args(TournamentFormat)
SECONDS_PER_MINUTE: Final = 60
CHECKED: Final = "on"
"""The value that browsers send for a ticked box; for an unticked one they send nothing."""


class TournamentForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a tournament. It has the API's fields, except for `twice` and `ready_minutes`, which become `rounds`
    and `ready_seconds`."""

    key: str = ""
    name: str = ""
    description: str = ""
    format: str = "single_elimination"
    size: str = "16"
    points: str = str(DEFAULT_POINTS)
    rated: str = "true"
    visibility: str = "public"
    third_place: str = ""
    twice: str = ""
    rounds: str = ""
    ready_minutes: str = "5"
    registration_closes_at: str = ""
    starts_at: str = ""
    check_in_minutes: str = ""

    def typed_values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "key"}


class InvalidForm(Exception):
    """The typed values are no valid settings; there is one sentence per wrong field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class _FieldReader:
    """Reads fields one by one, and collects their errors, so that all are shown at once."""

    def __init__(self, form: TournamentForm) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def read_whole_number(self, field: str, least: int, most: int) -> int | None:
        try:
            return whole_number(getattr(self.form, field), least, most)
        except NotANumber as error:
            self.errors[field] = str(error)
            return None

    def read_time(self, field: Literal["registration_closes_at", "starts_at"]) -> datetime | None:
        try:
            return moment_of(getattr(self.form, field))
        except NotANumber as error:
            self.errors[field] = str(error)
            return None

    def read_seconds(self, field: str) -> int:
        try:
            minutes = decimal_of(getattr(self.form, field), 0.5, 60)
        except NotANumber as error:
            self.errors[field] = str(error)
            return 0
        return round(minutes * SECONDS_PER_MINUTE)


def read_settings(form: TournamentForm) -> TournamentSettings:
    """Return the settings of the form, without those that the format does not use.

    Raises:
        InvalidForm: a field is invalid.
    """
    reader = _FieldReader(form)
    format_ = next((each for each in FORMATS if each == form.format), None)
    most = MOST_PLAYERS_BY_FORMAT[format_] if format_ else MOST_PLAYERS
    size = reader.read_whole_number("size", FEWEST_PLAYERS, most)
    points = next((each for each in POINTS_CHOICES if str(each) == form.points), None)
    found = {
        "rounds": _read_rounds(reader),
        "ready_seconds": reader.read_seconds("ready_minutes"),
        "registration_closes_at": reader.read_time("registration_closes_at"),
        "starts_at": reader.read_time("starts_at"),
        "check_in_minutes": reader.read_whole_number(
            "check_in_minutes", 1, LONGEST_CHECK_IN_MINUTES
        ),
    }
    errors = {**dict(_form_errors(form)), **reader.errors}
    if size is None:
        errors.setdefault("size", f"Enter a number from {FEWEST_PLAYERS} to {most}.")
    if errors or format_ is None or points is None or size is None:
        raise InvalidForm(errors)
    return msgspec.convert(
        {
            "name": form.name.strip(),
            # Browsers send two characters for a line break.
            "description": form.description.replace("\r\n", "\n").strip(),
            "format": format_,
            "size": size,
            "points": points,
            "rated": form.rated == "true",
            "visibility": "link" if form.visibility == "link" else "public",
            "third_place": form.third_place == CHECKED and format_ == "single_elimination",
            **found,
        },
        TournamentSettings,
    )


def wish_from(read_: TournamentSettings) -> TournamentWish:
    return TournamentWish(**msgspec.structs.asdict(read_))


def change_from(read_: TournamentSettings, state: str) -> TournamentChange:
    """Return the settings that may change: all in a draft, else name, description, times and size."""
    wanted = msgspec.structs.asdict(read_)
    if state != "draft":
        wanted = {field: wanted[field] for field in CHANGEABLE_WHILE_OPEN}
    return TournamentChange(**wanted)


def stored_form(tournament: TournamentDetails) -> FormState:
    """Return the form with the stored settings."""
    rounds, swiss = tournament.rounds, tournament.format == "swiss"
    minutes = tournament.ready_seconds / SECONDS_PER_MINUTE
    form = TournamentForm(
        name=tournament.name,
        description=tournament.description,
        format=tournament.format,
        size=str(tournament.size),
        points=str(tournament.points),
        rated="true" if tournament.rated else "false",
        visibility=tournament.visibility,
        third_place=CHECKED if tournament.third_place else "",
        twice=CHECKED if tournament.format == "round_robin" and rounds == TWO_ROUNDS else "",
        rounds=str(rounds) if swiss and rounds else "",
        ready_minutes=f"{minutes:g}",
        registration_closes_at=_as_typed_time(tournament.registration_closes_at),
        starts_at=_as_typed_time(tournament.starts_at),
        check_in_minutes=str(tournament.check_in_minutes or ""),
    )
    return FormState(values=form.typed_values())


def errors_by_form_field(errors: dict[str, str], form: TournamentForm) -> dict[str, str]:
    """Return the API's errors under the form's field names; errors without a field stay unchanged."""
    renamed = {
        "ready_seconds": "ready_minutes",
        **({"rounds": "twice"} if form.format == "round_robin" else {}),
    }
    return {renamed.get(field, field): message for field, message in errors.items()}


def has_error_under_more(errors: dict[str, str]) -> bool:
    """Tell whether a field in the form's collapsed part has an error."""
    return not FIELDS_UNDER_MORE.isdisjoint(errors)


FIELDS_UNDER_MORE: Final = frozenset(
    {
        "description",
        "starts_at",
        "registration_closes_at",
        "check_in_minutes",
        "ready_minutes",
        "third_place",
        "twice",
        "rounds",
    }
)
TWO_ROUNDS: Final = 2


def _read_rounds(reader: _FieldReader) -> int | None:
    if reader.form.format == "round_robin":
        return TWO_ROUNDS if reader.form.twice == CHECKED else 1
    if reader.form.format == "swiss":
        return reader.read_whole_number("rounds", 1, MOST_ROUNDS)
    return None


def _form_errors(form: TournamentForm) -> Iterator[tuple[str, str]]:
    name = form.name.strip()
    if not name:
        yield "name", "Enter a name."
    if len(name) > LONGEST_TOURNAMENT_NAME:
        yield "name", f"Use at most {LONGEST_TOURNAMENT_NAME} characters."
    if len(form.description.replace("\r\n", "\n").strip()) > LONGEST_DESCRIPTION:
        yield "description", f"Use at most {LONGEST_DESCRIPTION} characters."
    if form.format not in FORMATS:
        yield "format", "Choose a format."
    if form.points not in map(str, POINTS_CHOICES):
        yield "points", "Choose one of the options."


def _as_typed_time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}"
