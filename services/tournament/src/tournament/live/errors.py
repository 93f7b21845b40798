"""What may be wrong with wanting to play or to watch."""

from urllib.parse import quote
from uuid import UUID

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem, Unavailable


class NoSuchMatch(NotFound):
    """There is none, or it is so long over that only history knows it."""

    def __init__(self, match_id: UUID) -> None:
        super().__init__(f"There is no match {match_id}.")


class AlreadyPlaying(Conflict):
    """One of them sits in a match that has not ended."""

    code = TournamentCode.ALREADY_PLAYING
    title_text = "A match is still running"

    def __init__(self) -> None:
        super().__init__(
            "One of the two players is still in another match. Try again when it is over."
        )


class NotYourMatch(Forbidden):
    """Two others play it."""

    code = TournamentCode.NOT_YOUR_MATCH
    title_text = "This is another players' match"

    def __init__(self) -> None:
        super().__init__("This match is between two other players; you can watch it.")


class NotPlaying(NotFound):
    """They sit in no match."""

    code = TournamentCode.NOT_PLAYING
    title_text = "No match is running"

    def __init__(self) -> None:
        super().__init__("You are not in a match.")


class MatchOver(Problem):
    """It has ended."""

    code = TournamentCode.MATCH_OVER
    status = 409
    title_text = "The match is over"

    def __init__(self) -> None:
        super().__init__("The match has ended.")


class TooManySpectators(Problem):
    """A match has as many spectators as its ticks can bear."""

    code = TournamentCode.TOO_MANY_SPECTATORS
    status = 429
    title_text = "Too many spectators"

    def __init__(self) -> None:
        super().__init__(
            "The maximum number of people are watching this match. Try again later.",
            headers={"Retry-After": "5"},
        )


class NotHereYet(Unavailable):
    """Whoever ran it is gone, and nobody has taken it yet."""

    code = TournamentCode.NOT_HERE_YET
    title_text = "The match is moving"

    def __init__(self) -> None:
        super().__init__("The match is moving to another server. Try again now.")


class MatchElsewhere(Problem):
    """Another process runs it; the gateway goes there with the same request, and nobody else sees this."""

    code = TournamentCode.MATCH_ELSEWHERE
    status = 421
    title_text = "Another server runs this match"

    def __init__(self, address: str, path: str) -> None:
        super().__init__(
            "Another server runs this match.",
            # An id may come in any digits that Unicode has, and a header holds none of them.
            headers={"X-Accel-Redirect": f"/_gateway/tournament/{address}{quote(path)}"},
        )
