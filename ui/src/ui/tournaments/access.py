"""A tournament as whoever is looking may see it; for its organiser's pages, only if it is theirs."""

from uuid import UUID

from contracts.tournament.tournaments import TournamentDetails
from transcendence_common.problems import NotFound
from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest
from ui.session.state import session_of


async def seen(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID
) -> TournamentDetails:
    return await tournaments.tournament(tournament_id, session_of(request).access_token)


async def organised(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID
) -> TournamentDetails:
    """For whoever may organise it.

    Raises:
        NotSignedIn
        NotFound: they may not; there is nothing here for them.
    """
    tournament = await tournaments.tournament(tournament_id, session_of(request).bearer())
    if not tournament.organised:
        raise NotFound("Only the organiser can manage this tournament.")
    return tournament


def is_hosted_by(tournament: TournamentDetails, player_id: UUID | None) -> bool:
    """Administrators organise what is not theirs, but sit at no keyboard of it."""
    return tournament.organiser is not None and tournament.organiser.id == player_id
