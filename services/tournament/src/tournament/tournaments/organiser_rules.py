"""Rules for an organiser's actions: opening, starting, changing, seeding, correcting, cancelling, disqualifying.

Pure.
"""

from datetime import datetime, timedelta
from typing import Final

from contracts.tournament.tournaments import FEWEST_PLAYERS, TournamentState
from tournament.tournaments.errors import NotPossibleNow, TooFewPlayers
from tournament.tournaments.models import DRAFT, FINISHED, OPEN, RUNNING, Tournament

STATES_BEFORE_START: Final = frozenset({DRAFT, OPEN})
CORRECTABLE_FOR: Final = timedelta(days=1)
"""Time after the end in which results can be corrected."""


def state_before_start(tournament: Tournament) -> TournamentState:
    """Return the state from which it can be started. A hotseat tournament takes no entries, so it is never open."""
    return DRAFT if tournament.kind == "hotseat" else OPEN


def check_opening(tournament: Tournament, now: datetime) -> None:
    """Refuse to open a tournament that is no draft, or whose times have passed, because it would be cancelled at once.

    Raises:
        NotPossibleNow
    """
    if tournament.kind == "hotseat":
        raise NotPossibleNow("All players are already entered. Start the tournament.")
    if tournament.state != DRAFT:
        raise NotPossibleNow("You can only open a draft.")
    for time in (tournament.registration_closes_at, tournament.starts_at):
        if time is not None and time <= now:
            raise NotPossibleNow(
                "The times of this draft have passed. Choose new times, then open it."
            )


def check_start(tournament: Tournament, here: int) -> None:
    """Refuse to start a tournament in another state than before the start, or with fewer than two players present.

    Args:
        tournament: the tournament to start.
        here: number of players entered or on the waiting list; with check-in, only those who have checked in.

    Raises:
        NotPossibleNow: it is not open or, for a hotseat tournament, no draft.
        TooFewPlayers: fewer than two players are present.
    """
    if tournament.state != state_before_start(tournament):
        raise NotPossibleNow("You can only start an open tournament.")
    if here < FEWEST_PLAYERS:
        raise TooFewPlayers


def check_change(tournament: Tournament) -> None:
    """Refuse to change the settings of a tournament that has started.

    Raises:
        NotPossibleNow
    """
    if tournament.state not in STATES_BEFORE_START:
        raise NotPossibleNow("You cannot change a tournament after it has started.")


def check_seeding(tournament: Tournament) -> None:
    """Refuse to seed a tournament that has started.

    Raises:
        NotPossibleNow
    """
    if tournament.state not in STATES_BEFORE_START:
        raise NotPossibleNow("You cannot change the seeds after the start.")


def check_disqualifying(tournament: Tournament) -> None:
    """Refuse to disqualify a player from a draft, or from a tournament that is over.

    Raises:
        NotPossibleNow
    """
    if tournament.state not in {OPEN, RUNNING}:
        raise NotPossibleNow(
            "You can only disqualify players while the tournament is open or running."
        )


def check_correcting(tournament: Tournament, now: datetime) -> None:
    """Refuse to correct results of a tournament that does not run and did not end within `CORRECTABLE_FOR`.

    Raises:
        NotPossibleNow
    """
    ended_at = tournament.ended_at
    just_finished = (
        tournament.state == FINISHED and ended_at is not None and now - ended_at <= CORRECTABLE_FOR
    )
    if tournament.state != RUNNING and not just_finished:
        raise NotPossibleNow(
            "You can correct results while the tournament is running and for one day after its end."
        )


def check_cancelling(tournament: Tournament) -> None:
    """Refuse to cancel a tournament that is over.

    Raises:
        NotPossibleNow
    """
    if tournament.state not in {DRAFT, OPEN, RUNNING}:
        raise NotPossibleNow("You cannot cancel a finished tournament.")
