"""Loads a tournament as the visitor may see it; for the organiser's pages, only if the visitor may organise it."""

from uuid import UUID

from contracts.tournament.tournaments import TournamentDetails
from transcendence_common.problems import NotFound
from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest
from ui.session.state import session_of


async def load_tournament(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID
) -> TournamentDetails:
    return await tournaments.tournament(tournament_id, session_of(request).access_token)


async def load_organised_tournament(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID
) -> TournamentDetails:
    """Return a tournament that the player may organise.

    Raises:
        NotSignedIn
        NotFound: the player may not organise it.
    """
    tournament = await tournaments.tournament(
        tournament_id, session_of(request).required_access_token()
    )
    if not tournament.organised:
        raise NotFound("Only the organiser can manage this tournament.")
    return tournament


def is_hosted_by(tournament: TournamentDetails, player_id: UUID | None) -> bool:
    """Tell whether a player is the organiser. Administrators may organise any tournament, but are not hosts of hotseat
    ones."""
    return tournament.organiser is not None and tournament.organiser.id == player_id
