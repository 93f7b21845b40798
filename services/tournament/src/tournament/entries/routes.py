"""HTTP routes of entries."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import (
    EnterRequest,
    EntryDetails,
    OwnEntry,
    Placing,
    ReasonRequest,
)
from tournament.entries import check_in as checking_in
from tournament.entries import disqualification, entering
from tournament.entries.listing import page_of_entries
from tournament.entries.placings import page_of_placings
from tournament.history import HistoryClient
from tournament.tournaments.errors import (
    InvitationNeeded,
    NoSuchEntry,
    NoSuchTournament,
    NotEntered,
    NotOrganiser,
    NotPossibleNow,
    PlayerRemoved,
    RegistrationClosed,
)
from tournament.verified import NotVerified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed, NotFound
from transcendence_common.reads import Reads


@get(
    "/tournaments/{tournament_id:uuid}/entries",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, InvalidFields, NoSuchTournament),
)
async def list_entries(
    *,
    tournament_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[AsyncSession],
    cursor: Annotated[FromQuery[str | None], QueryParameter()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[EntryDetails]:
    """Return the entries: before the start by expected seed, then the waiting list; from the start on by seed."""
    return await page_of_entries(db_session, tournament_id, visitor, cursor=cursor, limit=limit)


@post(
    "/tournaments/{tournament_id:uuid}/entries",
    security=SIGNED_IN,
    responses={
        HTTP_200_OK: ResponseSpec(
            OwnEntry, description="Who is in it already", generate_examples=False
        ),
        **answers(
            Malformed,
            InvalidFields,
            NotVerified,
            PlayerGone,
            InvitationNeeded,
            NoSuchTournament,
            RegistrationClosed,
            PlayerRemoved,
        ),
    },
)
async def enter_tournament(
    *,
    tournament_id: FromPath[UUID],
    data: JSONBody[EnterRequest],
    verified: NamedDependency[Player],
    history: NamedDependency[HistoryClient],
    db_session: NamedDependency[TimedSession],
) -> Response[OwnEntry]:
    """Enter, or join the waiting list of a full tournament.

    A running Swiss takes entries until half its rounds have begun.
    """
    own, is_new = await entering.enter_tournament(
        db_session, history, verified, tournament_id, invitation=data.invitation
    )
    return Response(own, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)


@delete(
    "/tournaments/{tournament_id:uuid}/entries/own",
    security=SIGNED_IN,
    responses=answers(Malformed, NoSuchTournament),
)
async def leave_tournament(
    tournament_id: FromPath[UUID],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> None:
    """Leave before the start, which gives the place to the first on the waiting list; after the start, withdraw."""
    await entering.leave_tournament(db_session, player, tournament_id)


@post(
    "/tournaments/{tournament_id:uuid}/check-in",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(Malformed, PlayerGone, NoSuchTournament, NotEntered, NotPossibleNow),
)
async def check_in(
    tournament_id: FromPath[UUID],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> OwnEntry:
    """Check in, in the minutes before the start."""
    return await checking_in.check_in(db_session, player, tournament_id)


@post(
    "/tournaments/{tournament_id:uuid}/return",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(Malformed, PlayerGone, NoSuchTournament, NotEntered, NotPossibleNow),
)
async def return_to_tournament(
    tournament_id: FromPath[UUID],
    player: NamedDependency[Player],
    db_session: NamedDependency[AsyncSession],
) -> OwnEntry:
    """Return to a Swiss tournament from the next round on, after a withdrawal or an absence."""
    return await entering.return_to_tournament(db_session, player, tournament_id)


@post(
    "/tournaments/{tournament_id:uuid}/entries/{entry_id:uuid}/disqualification",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        InvalidFields,
        PlayerGone,
        NotOrganiser,
        NoSuchTournament,
        NoSuchEntry,
        NotPossibleNow,
    ),
)
async def disqualify_entry(
    *,
    tournament_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    data: JSONBody[ReasonRequest],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> EntryDetails:
    """Disqualify a player, with a public reason. Before the start they are removed and cannot enter again."""
    return await disqualification.disqualify(
        db_session, player, tournament_id, entry_id, reason=data.reason
    )


@get(
    "/players/{player_id:uuid}/placings",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, InvalidFields, NotFound),
)
async def list_placings(
    *,
    player_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    reads: NamedDependency[Reads],
    cursor: Annotated[FromQuery[str | None], QueryParameter()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[Placing]:
    """Return the tournaments in which the player plays or has played, newest first."""
    return await page_of_placings(reads, player_id, visitor, cursor=cursor, limit=limit)


entry_routes = Router(
    "/",
    route_handlers=[
        list_entries,
        enter_tournament,
        leave_tournament,
        check_in,
        return_to_tournament,
        disqualify_entry,
        list_placings,
    ],
)
