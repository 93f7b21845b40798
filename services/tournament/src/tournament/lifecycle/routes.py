"""HTTP routes of tournaments, and the event stream that tells a page when to reload."""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, patch, post, put
from litestar.channels import ChannelsPlugin
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import (
    EntryDetails,
    ReasonRequest,
    SeedingWish,
    TournamentChange,
    TournamentDetails,
    TournamentSummary,
    TournamentWish,
)
from tournament.lifecycle import cancelling, changes, creation, opening, seeding
from tournament.lifecycle.listing import page_of_tournaments
from tournament.lifecycle.queries import TournamentFilter
from tournament.lifecycle.schemas import details_to_schema
from tournament.lifecycle.starter import TournamentStarter
from tournament.signals import STREAM_SECONDS, tournament_channel
from tournament.tournaments.access import find_visible
from tournament.tournaments.errors import (
    NoSuchTournament,
    NotOrganiser,
    NotPossibleNow,
    SizeTooSmall,
    TooFewPlayers,
    TooManyTournaments,
)
from tournament.verified import NotVerified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed
from transcendence_common.reads import Reads
from transcendence_common.signals import close_after_answer, run_in_own_task, stream_signals

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=r"\A[!-~]{1,200}\Z",
        description="Whoever sends it again gets what it has created, and nothing new",
    ),
]


@post(
    "/",
    security=SIGNED_IN,
    responses={
        HTTP_200_OK: ResponseSpec(
            TournamentDetails,
            description="What the same key has created before",
            generate_examples=False,
        ),
        **answers(Malformed, InvalidFields, NotVerified, PlayerGone, TooManyTournaments),
    },
)
async def create_tournament(
    *,
    data: JSONBody[TournamentWish],
    verified: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
    idempotency_key: IdempotencyKey = None,
) -> Response[TournamentDetails]:
    """Create a draft.

    Only its organiser sees it until it is opened; a hotseat tournament stays visible to its organiser only.
    """
    tournament, is_new = await creation.create_draft(db_session, verified, data, idempotency_key)
    return Response(
        await details_to_schema(db_session, tournament, verified),
        status_code=HTTP_201_CREATED if is_new else HTTP_200_OK,
    )


@get("/", security=SIGNED_IN_OR_NOT, responses=answers(InvalidFields))
async def list_tournaments(
    *,
    visitor: NamedDependency[Player | None],
    reads: NamedDependency[Reads],
    show: FromQuery[TournamentFilter] = "open",
    cursor: Annotated[FromQuery[str | None], QueryParameter()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[TournamentSummary]:
    """Return public tournaments, newest first; or those that the caller organises or has entered, in any state."""
    return await page_of_tournaments(reads, show, visitor, cursor=cursor, limit=limit)


@get(
    "/{tournament_id:uuid}",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NoSuchTournament),
)
async def show_tournament(
    *,
    tournament_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[TimedSession],
    invitation: FromQuery[str | None] = None,
) -> TournamentDetails:
    """Return a tournament and the caller's actions on it."""
    tournament = await find_visible(db_session, tournament_id, visitor)
    return await details_to_schema(db_session, tournament, visitor, invitation=invitation)


@patch(
    "/{tournament_id:uuid}",
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        InvalidFields,
        PlayerGone,
        NotOrganiser,
        NoSuchTournament,
        NotPossibleNow,
        SizeTooSmall,
    ),
)
async def change_tournament(
    *,
    tournament_id: FromPath[UUID],
    data: JSONBody[TournamentChange],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> TournamentDetails:
    """Change the given settings.

    An open tournament's name, description, times and size can change; the audit log shows it.
    """
    tournament = await changes.change_settings(db_session, player, tournament_id, data)
    return await details_to_schema(db_session, tournament, player)


@post(
    "/{tournament_id:uuid}/opening",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(Malformed, PlayerGone, NotOrganiser, NoSuchTournament, NotPossibleNow),
)
async def open_tournament(
    tournament_id: FromPath[UUID],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> TournamentDetails:
    """Open a draft, so that players may enter."""
    tournament = await opening.open_draft(db_session, player, tournament_id)
    return await details_to_schema(db_session, tournament, player)


@post(
    "/{tournament_id:uuid}/start",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed, PlayerGone, NotOrganiser, NoSuchTournament, NotPossibleNow, TooFewPlayers
    ),
)
async def start_by_organiser(
    *,
    tournament_id: FromPath[UUID],
    player: NamedDependency[Player],
    starter: NamedDependency[TournamentStarter],
    db_session: NamedDependency[TimedSession],
) -> TournamentDetails:
    """Start the tournament: drop absent players, give seeds, and call the first pairings."""
    tournament = await starter.start_for_organiser(db_session, player, tournament_id)
    return await details_to_schema(db_session, tournament, player)


@post(
    "/{tournament_id:uuid}/cancellation",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed, InvalidFields, PlayerGone, NotOrganiser, NoSuchTournament, NotPossibleNow
    ),
)
async def cancel_tournament(
    *,
    tournament_id: FromPath[UUID],
    data: JSONBody[ReasonRequest],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> TournamentDetails:
    """Cancel the tournament, with a public reason. Running matches are played to their end."""
    tournament = await cancelling.cancel_tournament(db_session, player, tournament_id, data.reason)
    return await details_to_schema(db_session, tournament, player)


@put(
    "/{tournament_id:uuid}/seeding",
    security=SIGNED_IN,
    responses=answers(
        Malformed, InvalidFields, PlayerGone, NotOrganiser, NoSuchTournament, NotPossibleNow
    ),
)
async def set_seeding(
    *,
    tournament_id: FromPath[UUID],
    data: JSONBody[SeedingWish],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> list[EntryDetails]:
    """Choose how seeds are given at the start. Return the entries that have a place, by expected seed."""
    return await seeding.set_seeding(db_session, player, tournament_id, data)


@get(
    "/{tournament_id:uuid}/events",
    security=SIGNED_IN_OR_NOT,
    opt={STAYS_OPEN: True},
    responses=answers(Malformed, NoSuchTournament),
)
async def stream_tournament_changes(
    tournament_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    channels: NamedDependency[ChannelsPlugin],
    db_session: NamedDependency[AsyncSession],
) -> ServerSentEvent:
    """Send `changed` whenever a page of this tournament may look different, for at most 10 min."""
    tournament = await find_visible(db_session, tournament_id, visitor)
    events = run_in_own_task(_change_events(tournament.id, channels))
    return ServerSentEvent(events, background=close_after_answer(events))


async def _change_events(
    tournament_id: UUID, channels: ChannelsPlugin
) -> AsyncGenerator[ServerSentEventMessage, None]:
    async with channels.start_subscription(tournament_channel(tournament_id)) as subscriber:
        async for message in stream_signals(subscriber, "changed", seconds=STREAM_SECONDS):
            yield message


lifecycle_routes = Router(
    "/tournaments",
    route_handlers=[
        create_tournament,
        list_tournaments,
        show_tournament,
        change_tournament,
        open_tournament,
        start_by_organiser,
        cancel_tournament,
        set_seeding,
        stream_tournament_changes,
    ],
)
