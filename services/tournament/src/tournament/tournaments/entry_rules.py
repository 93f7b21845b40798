"""Rules of entering a tournament, checking in and returning. Pure functions."""

from datetime import datetime, timedelta
from secrets import compare_digest

from tournament.tournaments.errors import (
    InvitationNeeded,
    NotEntered,
    NotPossibleNow,
    PlayerRemoved,
    RegistrationClosed,
)
from tournament.tournaments.models import (
    DISQUALIFIED,
    ENTERED,
    OPEN,
    PLAYING,
    RUNNING,
    WAITING,
    WITHDRAWN,
    Entry,
    Tournament,
)


def check_entering(
    tournament: Tournament,
    entry: Entry | None,
    *,
    playing: int,
    invitation: str | None,
    now: datetime,
) -> None:
    """Refuse a player who cannot enter, or join the waiting list, now.

    Args:
        tournament: the tournament to enter.
        entry: the player's entry, also a former one.
        playing: number of players who play, or have withdrawn and may return; 0 before the start.
        invitation: the invitation that came with the request.
        now: the time of the request.

    Raises:
        PlayerRemoved: the player was removed or disqualified.
        RegistrationClosed: registration is closed, or all places are taken since the start.
        InvitationNeeded: the tournament is by invitation, and this is not its invitation.
    """
    if entry is not None and entry.state == DISQUALIFIED:
        raise PlayerRemoved
    if not _accepts_entries(tournament, now) or playing >= tournament.size:
        raise RegistrationClosed
    if not _is_invited(tournament, invitation):
        raise InvitationNeeded


def check_check_in(tournament: Tournament, entry: Entry, now: datetime) -> None:
    """Refuse a player who cannot check in now.

    Raises:
        NotPossibleNow: it is too early or too late, or there is no check-in.
        NotEntered: the player has no place and is not on the waiting list.
    """
    if not _is_check_in_open(tournament, now):
        raise NotPossibleNow("Check-in is not open right now.")
    if entry.state not in {ENTERED, WAITING}:
        raise NotEntered


def check_return(tournament: Tournament, entry: Entry) -> None:
    """Refuse a player who cannot return after a withdrawal or an absence.

    Raises:
        NotPossibleNow: no round is to come, or the player is out.
    """
    if not _has_rounds_left(tournament) or entry.state not in {PLAYING, WITHDRAWN}:
        raise NotPossibleNow("You can only rejoin a Swiss tournament while rounds remain.")


def can_leave(tournament: Tournament, entry: Entry) -> bool:
    """Tell whether leaving would change anything."""
    if tournament.state == OPEN:
        return entry.state in {ENTERED, WAITING}
    return tournament.state == RUNNING and entry.state == PLAYING


def check_in_opens_at(tournament: Tournament) -> datetime | None:
    """Return the time from which players check in; None without a check-in."""
    if tournament.starts_at is None or tournament.check_in_minutes is None:
        return None
    return tournament.starts_at - timedelta(minutes=tournament.check_in_minutes)


def _accepts_entries(tournament: Tournament, now: datetime) -> bool:
    if tournament.state != OPEN:
        return _accepts_late_entries(tournament)
    closes_at = tournament.registration_closes_at
    is_closed = closes_at is not None and closes_at <= now
    return not is_closed and not _is_start_due(tournament, now)


def _accepts_late_entries(tournament: Tournament) -> bool:
    """Tell whether late entries are accepted: until half of the rounds have begun."""
    return _has_rounds_left(tournament) and tournament.round * 2 <= (tournament.rounds or 0)


def _has_rounds_left(tournament: Tournament) -> bool:
    """Tell whether it is a Swiss tournament with a round to come."""
    return (
        tournament.state == RUNNING
        and tournament.format == "swiss"
        and tournament.kind == "online"
        and tournament.rounds is not None
        and tournament.round < tournament.rounds
    )


def _is_invited(tournament: Tournament, invitation: str | None) -> bool:
    """Tell whether the invitation is valid. The comparison takes constant time, so its duration reveals nothing."""
    if tournament.visibility == "public":
        return True
    wanted = tournament.invitation
    return wanted is not None and compare_digest((invitation or "").encode(), wanted.encode())


def _is_check_in_open(tournament: Tournament, now: datetime) -> bool:
    opens_at = check_in_opens_at(tournament)
    in_time = opens_at is not None and opens_at <= now and not _is_start_due(tournament, now)
    return tournament.state == OPEN and in_time


def _is_start_due(tournament: Tournament, now: datetime) -> bool:
    """Tell whether the due time has passed. Entries and check-in end then, even if the start comes a moment later."""
    return tournament.starts_at is not None and tournament.starts_at <= now
