"""Seeds players before the start: by rating, at random, or by moving one player."""

from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from contracts.tournament.tournaments import EntryDetails, SeedingWish
from ui.clients.backend import Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest, requested_part
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.access import load_tournament
from ui.tournaments.errors import redirect_with_refusal
from ui.tournaments.pages import PlayersPage
from ui.tournaments.players import all_entries, show_players_page


class MethodForm(msgspec.Struct, frozen=True):
    method: Literal["rating", "random"] = "rating"


class MoveForm(msgspec.Struct, frozen=True):
    """The form of a move. `move` is an entry's ID and its new seed, separated by a colon, because a button has one
    value."""

    move: str = ""


@post("/tournaments/{tournament_id:uuid}/seeding")
async def seed_players(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[MethodForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament_players(tournament_id)
    try:
        await tournaments.seed_players(
            tournament_id, SeedingWish(data.method), session.required_access_token()
        )
    except Refused as refused:
        return redirect_with_refusal(request, refused, where)
    set_notice(session, f"seeded_by_{data.method}")
    return redirect_page(request, where)


@post("/tournaments/{tournament_id:uuid}/seeding/move")
async def move_player(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[MoveForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    """Move one player to another seed. The order is read here and not sent by the page, so that an outdated page moves
    only that player."""
    session = session_of(request)
    token = session.required_access_token()
    where = urls.tournament_players(tournament_id)
    entries = await all_entries(request, tournaments, tournament_id)
    order = moved_order(entries, data.move)
    if order is None:
        set_notice(session, "tournament_no_such_entry")
        return redirect_page(request, where)
    try:
        await tournaments.seed_players(tournament_id, SeedingWish("manual", order), token)
    except Refused as refused:
        return redirect_with_refusal(request, refused, where)
    if requested_part(request, PlayersPage.parts):
        tournament = await load_tournament(request, tournaments, tournament_id)
        return await show_players_page(request, tournaments, tournament)
    return redirect_page(request, f"{where}#entry-{data.move.partition(':')[0]}")


def moved_order(entries: list[EntryDetails], wanted: str) -> list[UUID] | None:
    """Return the entries with a place in their new order, with one of them moved, or None if the move is invalid."""
    whom, _, to = wanted.partition(":")
    order = [entry.id for entry in entries if entry.state == STATE_OF_PLACED_ENTRY]
    found = next((each for each in order if str(each) == whom), None)
    if found is None or not to.isascii() or not to.isdecimal():
        return None
    seed_ = min(max(int(to[:LONGEST_SEED]), 1), len(order))
    order.remove(found)
    order.insert(seed_ - 1, found)
    return order


STATE_OF_PLACED_ENTRY: Final = "entered"
LONGEST_SEED: Final = 4
"""Digits of a seed; there are at most 1,024 seeds."""

SEEDING_ROUTES = [seed_players, move_player]
