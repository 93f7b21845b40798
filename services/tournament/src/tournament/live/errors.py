"""Errors of playing and watching live matches."""

from urllib.parse import quote
from uuid import UUID

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem, Unavailable


class NoSuchMatch(NotFound):
    """No match has this id, or it ended so long ago that only history stores it."""

    def __init__(self, match_id: UUID) -> None:
        super().__init__(f"There is no match {match_id}.")


class AlreadyPlaying(Conflict):
    """One of the two players has a seat in an unfinished match."""

    code = TournamentCode.ALREADY_PLAYING
    title_text = "A match is still running"

    def __init__(self) -> None:
        super().__init__(
            "One of the two players is still in another match. Try again when it is over."
        )


class NotYourMatch(Forbidden):
    """The caller is not one of the match's two players."""

    code = TournamentCode.NOT_YOUR_MATCH
    title_text = "This is another players' match"

    def __init__(self) -> None:
        super().__init__("This match is between two other players; you can watch it.")


class NoUnfinishedMatch(NotFound):
    """The caller has no unfinished match."""

    code = TournamentCode.NOT_PLAYING
    title_text = "No match is running"

    def __init__(self) -> None:
        super().__init__("You are not in a match.")


class MatchOver(Problem):
    """The match has ended."""

    code = TournamentCode.MATCH_OVER
    status = 409
    title_text = "The match is over"

    def __init__(self) -> None:
        super().__init__("The match has ended.")


class TooManySpectators(Problem):
    """The match has reached its limit of spectators."""

    code = TournamentCode.TOO_MANY_SPECTATORS
    status = 429
    title_text = "Too many spectators"

    def __init__(self) -> None:
        super().__init__(
            "The maximum number of people are watching this match. Try again later.",
            headers={"Retry-After": "5"},
        )


class MatchMoving(Unavailable):
    """No process can continue the match yet; the client tries again.

    The match has no owner, its owner is gone, or this process has taken it and is still restoring it.
    """

    code = TournamentCode.NOT_HERE_YET
    title_text = "The match is moving"

    def __init__(self) -> None:
        super().__init__("The match is moving to another server. Try again now.")


class MatchElsewhere(Problem):
    """Another process runs the match. The gateway repeats the request there; clients never see this answer."""

    code = TournamentCode.MATCH_ELSEWHERE
    status = 421
    title_text = "Another server runs this match"

    def __init__(self, address: str, path: str) -> None:
        super().__init__(
            "Another server runs this match.",
            # The path may contain an id in non-ASCII Unicode digits, which a header cannot carry.
            headers={"X-Accel-Redirect": f"/_gateway/tournament/{address}{quote(path)}"},
        )
