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
from ui.flash import flash
from ui.links import urls
from ui.pages import PageRequest, wanted_part
from ui.redirects import go_to
from ui.session.state import session_of
from ui.tournaments.access import seen
from ui.tournaments.errors import redirect_with_notice
from ui.tournaments.pages import PlayersPage
from ui.tournaments.players import everybody, players_page


class MethodForm(msgspec.Struct, frozen=True):
    method: Literal["rating", "random"] = "rating"


class MoveForm(msgspec.Struct, frozen=True):
    """The form of a move. `move` is an entry's ID and its new seed, separated by a colon, because a button has one
    value."""

    move: str = ""


@post("/tournaments/{tournament_id:uuid}/seeding")
async def seed(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[MethodForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament_players(tournament_id)
    try:
        await tournaments.seed(tournament_id, SeedingWish(data.method), session.bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, where)
    flash(session, f"seeded_by_{data.method}")
    return go_to(request, where)


@post("/tournaments/{tournament_id:uuid}/seeding/move")
async def move(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[MoveForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    """Move one player to another seed. The order is read here and not sent by the page, so that an outdated page moves
    only that player."""
    session = session_of(request)
    token = session.bearer()
    where = urls.tournament_players(tournament_id)
    entries = await everybody(request, tournaments, tournament_id)
    order = moved(entries, data.move)
    if order is None:
        flash(session, "tournament_no_such_entry")
        return go_to(request, where)
    try:
        await tournaments.seed(tournament_id, SeedingWish("manual", order), token)
    except Refused as refused:
        return redirect_with_notice(request, refused, where)
    if wanted_part(request, PlayersPage.parts):
        tournament = await seen(request, tournaments, tournament_id)
        return await players_page(request, tournaments, tournament)
    return go_to(request, f"{where}#entry-{data.move.partition(':')[0]}")


def moved(entries: list[EntryDetails], wanted: str) -> list[UUID] | None:
    """Return the entries with a place in their new order, with one of them moved, or None if the move is invalid."""
    whom, _, to = wanted.partition(":")
    order = [entry.id for entry in entries if entry.state == PLACED]
    found = next((each for each in order if str(each) == whom), None)
    if found is None or not to.isascii() or not to.isdecimal():
        return None
    seed_ = min(max(int(to[:LONGEST_SEED]), 1), len(order))
    order.remove(found)
    order.insert(seed_ - 1, found)
    return order


PLACED: Final = "entered"
LONGEST_SEED: Final = 4
"""Digits of a seed; there are at most 1,024 seeds."""

SEEDING = [seed, move]
