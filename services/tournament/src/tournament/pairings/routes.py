"""HTTP routes of pairings: the bracket, the ready check and corrections."""

from uuid import UUID

from litestar import MediaType, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import (
    BracketDetails,
    CorrectionRequest,
    MatchCall,
    PairingDetails,
)
from tournament.matchmaking.errors import StillPlaying
from tournament.pairings.brackets import BracketCache
from tournament.pairings.correction import correct_outcome
from tournament.pairings.errors import (
    LaterMatchBegun,
    NoSuchPairing,
    NotCalled,
    NotCorrectable,
    NotStarted,
    NotYourPairing,
)
from tournament.pairings.match_calls import match_calls_of
from tournament.pairings.ready import mark_ready
from tournament.pairings.schemas import pairing_to_schema
from tournament.tournaments.access import find_visible
from tournament.tournaments.errors import NoSuchTournament, NotOrganiser, NotPossibleNow
from tournament.verified import NotVerified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.problems import InvalidFields, Malformed


@get("/tournaments/summons", security=SIGNED_IN, responses=answers())
async def list_match_calls(
    player: NamedDependency[Player], db_session: NamedDependency[AsyncSession]
) -> list[MatchCall]:
    """Return the caller's pairings that are called or being played, the most urgent first."""
    return await match_calls_of(db_session, player.id)


@get(
    "/tournaments/{tournament_id:uuid}/bracket",
    security=SIGNED_IN_OR_NOT,
    responses={
        HTTP_200_OK: ResponseSpec(
            BracketDetails, description="The bracket as it stands", generate_examples=False
        ),
        **answers(Malformed, NoSuchTournament, NotStarted),
    },
)
async def show_bracket(
    tournament_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    brackets: NamedDependency[BracketCache],
    db_session: NamedDependency[AsyncSession],
) -> Response[bytes]:
    """Return the bracket: pairings, outcomes and standings."""
    kept = await brackets.get_bracket(
        db_session, await find_visible(db_session, tournament_id, visitor)
    )
    return Response(kept.written, media_type=MediaType.JSON)


@post(
    "/tournaments/{tournament_id:uuid}/pairings/{number:int}/ready",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        NotVerified,
        PlayerGone,
        NotYourPairing,
        NoSuchTournament,
        NoSuchPairing,
        NotCalled,
        StillPlaying,
    ),
)
async def report_ready(
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    verified: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> PairingDetails:
    """Record that the caller is ready. Once both players are, there is a match."""
    return pairing_to_schema(await mark_ready(db_session, verified, tournament_id, number))


@put(
    "/tournaments/{tournament_id:uuid}/pairings/{number:int}/correction",
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        InvalidFields,
        PlayerGone,
        NotOrganiser,
        NoSuchTournament,
        NoSuchPairing,
        NotPossibleNow,
        NotCorrectable,
        LaterMatchBegun,
    ),
)
async def correct_pairing(
    *,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    data: JSONBody[CorrectionRequest],
    player: NamedDependency[Player],
    db_session: NamedDependency[TimedSession],
) -> PairingDetails:
    """Correct the outcome, with a public reason. Later pairings that were not played are undone."""
    corrected = await correct_outcome(db_session, player, tournament_id, number, wish=data)
    return pairing_to_schema(corrected)


pairing_routes = Router(
    "/", route_handlers=[list_match_calls, show_bracket, report_ready, correct_pairing]
)
