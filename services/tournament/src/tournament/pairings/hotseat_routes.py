"""HTTP routes of hotseat pairings."""

from uuid import UUID

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from contracts.tournament.tournaments import HotseatTicket, PairingDetails
from tournament.history import HistoryUnavailable
from tournament.pairings.errors import NoSuchPairing, NotCalled, NotPlayedYet, PlayedAlready
from tournament.pairings.hotseat import HotseatPairings
from tournament.pairings.schemas import pairing_to_schema
from tournament.tournaments.errors import NoSuchTournament, NotOrganiser
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import Malformed


@post(
    "/tournaments/{tournament_id:uuid}/pairings/{number:int}/ticket",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        PlayerGone,
        NotOrganiser,
        NoSuchTournament,
        NoSuchPairing,
        NotCalled,
        PlayedAlready,
        HistoryUnavailable,
    ),
)
async def issue_hotseat_ticket(
    *,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    player: NamedDependency[Player],
    hotseat: NamedDependency[HotseatPairings],
    db_session: NamedDependency[TimedSession],
) -> HotseatTicket:
    """Return a ticket to play a pairing at this keyboard; the same one until it is played or expires."""
    return await hotseat.issue_ticket(db_session, player, tournament_id, number)


@post(
    "/tournaments/{tournament_id:uuid}/pairings/{number:int}/result",
    status_code=HTTP_200_OK,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        PlayerGone,
        NotOrganiser,
        NoSuchTournament,
        NoSuchPairing,
        NotPlayedYet,
        HistoryUnavailable,
    ),
)
async def take_hotseat_result(
    *,
    tournament_id: FromPath[UUID],
    number: FromPath[int],
    player: NamedDependency[Player],
    hotseat: NamedDependency[HotseatPairings],
    db_session: NamedDependency[TimedSession],
) -> PairingDetails:
    """Take the result that history has verified. The request has no body: reported scores are never trusted."""
    return pairing_to_schema(await hotseat.take_result(db_session, player, tournament_id, number))


hotseat_routes = Router("/", route_handlers=[issue_hotseat_ticket, take_hotseat_result])
