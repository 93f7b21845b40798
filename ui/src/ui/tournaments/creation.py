"""Forms that create a tournament: an online one, or a hotseat one."""

from typing import Any, Final
from uuid import uuid4

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Template

from contracts.game import Points
from contracts.tournament.tournaments import (
    FEWEST_PLAYERS,
    LONGEST_TOURNAMENT_NAME,
    MOST_ALIASES,
    TournamentDetails,
    TournamentFormat,
    TournamentWish,
)
from transcendence_common.identity import Player
from ui.account_settings.forms import FormState
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest, render
from ui.play.choices import DEFAULT_POINTS, POINTS_CHOICES
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.errors import refused_form
from ui.tournaments.forms import (
    FORMATS,
    InvalidForm,
    TournamentForm,
    errors_by_form_field,
    has_error_under_more,
    read_settings,
    wish_from,
)
from ui.tournaments.pages import NewHotseatPage, NewTournamentPage


class HotseatForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a hotseat tournament; `aliases` has one name per line."""

    key: str = ""
    name: str = ""
    format: str = "single_elimination"
    points: str = str(DEFAULT_POINTS)
    aliases: str = ""

    def typed_values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "key"}

    def alias_names(self) -> list[str]:
        return [line.strip() for line in self.aliases.splitlines() if line.strip()]


@get("/tournaments/new")
async def show_tournament_form(request: PageRequest, player: NamedDependency[Player]) -> Template:
    form = TournamentForm(name=f"{player.name}'s cup")
    return render(
        request, NewTournamentPage(form=FormState(values=form.typed_values()), key=_valid_key(""))
    )


@post("/tournaments/new")
async def create_tournament(
    request: PageRequest,
    data: URLEncodedBody[TournamentForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    token = session_of(request).required_access_token()
    try:
        wanted = wish_from(read_settings(data))
    except InvalidForm as mistakes:
        return _show_tournament_form_again(
            request, data, FormState(status=400, errors=mistakes.errors)
        )
    return await _create_and_redirect(request, data, tournaments, wanted, token)


@get("/tournaments/hotseat/new")
async def show_hotseat_form(request: PageRequest, player: NamedDependency[Player]) -> Template:
    form = HotseatForm(name="Same keyboard", aliases=player.name)
    return render(
        request, NewHotseatPage(form=FormState(values=form.typed_values()), key=_valid_key(""))
    )


@post("/tournaments/hotseat/new")
async def create_hotseat_tournament(
    request: PageRequest,
    data: URLEncodedBody[HotseatForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    token = session_of(request).required_access_token()
    errors = _form_errors(data)
    if errors:
        return _show_hotseat_form_again(request, data, FormState(status=400, errors=errors))
    format_ = msgspec.convert(data.format, TournamentFormat)
    names = data.alias_names()
    wanted = TournamentWish(
        kind="hotseat",
        name=data.name.strip(),
        format=format_,
        size=len(names),
        points=msgspec.convert(int(data.points), Points),
        rounds=1 if format_ == "round_robin" else None,
        aliases=names,
    )
    return await _create_and_redirect(request, data, tournaments, wanted, token)


async def _create_and_redirect(
    request: PageRequest,
    form: TournamentForm | HotseatForm,
    tournaments: TournamentsClient,
    wanted: TournamentWish,
    token: str,
) -> Response[Any]:
    try:
        made = await tournaments.create_tournament(wanted, _valid_key(form.key), token)
    except (BackendDown, Refused) as error:
        state = refused_form(error, {})
        if isinstance(form, HotseatForm):
            return _show_hotseat_form_again(request, form, state)
        return _show_tournament_form_again(request, form, state)
    set_notice(session_of(request), "tournament_made" if made.kind == "online" else "hotseat_made")
    return redirect_page(request, _first_page_of(made))


def _first_page_of(made: TournamentDetails) -> str:
    online = made.kind == "online"
    return urls.tournament_manage(made.id) if online else urls.tournament(made.id)


def _show_tournament_form_again(
    request: PageRequest, form: TournamentForm, state: FormState
) -> Template:
    errors = errors_by_form_field(state.errors, form)
    again = msgspec.structs.replace(state, values=form.typed_values(), errors=errors)
    page = NewTournamentPage(
        form=again, key=_valid_key(form.key), more_open=has_error_under_more(errors)
    )
    return render(request, page, status=state.status)


def _show_hotseat_form_again(request: PageRequest, form: HotseatForm, state: FormState) -> Template:
    again = msgspec.structs.replace(
        state, values=form.typed_values(), errors=_errors_joined_for_aliases(state.errors)
    )
    return render(
        request, NewHotseatPage(form=again, key=_valid_key(form.key)), status=state.status
    )


def _errors_joined_for_aliases(errors: dict[str, str]) -> dict[str, str]:
    """Join the errors about names, because there is one box for all, and about the size, which is their number."""
    found: dict[str, list[str]] = {}
    for field, words in errors.items():
        about_names = field == "size" or field.startswith("aliases.")
        found.setdefault("aliases" if about_names else field, []).append(words)
    return {field: " ".join(words) for field, words in found.items()}


def _form_errors(form: HotseatForm) -> dict[str, str]:
    names = form.alias_names()
    found = {}
    if not form.name.strip():
        found["name"] = "Enter a name."
    elif len(form.name.strip()) > LONGEST_TOURNAMENT_NAME:
        found["name"] = f"Use at most {LONGEST_TOURNAMENT_NAME} characters."
    if form.format not in FORMATS:
        found["format"] = "Choose a format."
    if form.points not in map(str, POINTS_CHOICES):
        found["points"] = "Choose one of the options."
    if not FEWEST_PLAYERS <= len(names) <= MOST_ALIASES:
        found["aliases"] = (
            f"Enter {FEWEST_PLAYERS} to {MOST_ALIASES} names, one per line. You entered {len(names)}."
        )
    return found


def _valid_key(given: str) -> str:
    """Return the form's idempotency key. A missing or malformed one is replaced by a random one."""
    written = given.isascii() and given.isprintable() and " " not in given
    return given if written and 0 < len(given) <= LONGEST_KEY else str(uuid4())


LONGEST_KEY: Final = 64

CREATION_ROUTES = [
    show_tournament_form,
    create_tournament,
    show_hotseat_form,
    create_hotseat_tournament,
]
