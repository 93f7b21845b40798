"""Why a pairing is not played, not shown, or not corrected."""

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, InvalidFields, NotFound


class NoSuchPairing(NotFound):
    """The tournament has no pairing with this number, or none yet."""

    code = TournamentCode.NO_SUCH_PAIRING
    title_text = "No such pairing"

    def __init__(self) -> None:
        super().__init__("This tournament has no pairing with this number.")


class NotYourPairing(Forbidden):
    """Two others play it."""

    code = TournamentCode.NOT_YOUR_PAIRING
    title_text = "Two others play this"

    def __init__(self) -> None:
        super().__init__("This match is between two other players; you can watch it.")


class NotCalled(Conflict):
    """It is not its turn yet, or it is over."""

    code = TournamentCode.NOT_CALLED
    title_text = "Not its turn"

    def __init__(self) -> None:
        super().__init__("This match is not being called: it has to wait for others, or is over.")


class NotStarted(Conflict):
    """Nobody is paired before the start."""

    code = TournamentCode.NOT_STARTED
    title_text = "Not started"

    def __init__(self) -> None:
        super().__init__("There is no bracket before the tournament has started.")


class NotOver(Conflict):
    """There is nothing to correct: nobody has won it yet, or nobody had to be beaten."""

    code = TournamentCode.NOT_OVER
    title_text = "Nothing to correct"

    def __init__(self) -> None:
        super().__init__("Only a match that two players had, and that is over, can be corrected.")


class FollowedAlready(Conflict):
    """What follows from the outcome is played; `pairings` says which."""

    code = TournamentCode.ALREADY_FOLLOWED
    title_text = "Others have played on from this"

    def __init__(self, numbers: tuple[int, ...]) -> None:
        named = ", ".join(map(str, numbers))
        super().__init__(
            f"What follows from this result has been played, or is being played: match {named}."
        )
        self.extra = {"code": self.code, "pairings": list(numbers)}


class NotInIt(InvalidFields):
    """Only one of the two can have won."""

    def __init__(self) -> None:
        super().__init__(FieldError("winner", "Choose one of the two who were paired, or neither."))


class NotPlayedYet(Conflict):
    """History has no record of it."""

    code = TournamentCode.NOT_PLAYED_YET
    title_text = "Not played yet"

    def __init__(self) -> None:
        super().__init__("This match has not been handed in; play it to its end first.")


class PlayedAlready(Conflict):
    """It has been handed in, and only its result has not been taken yet."""

    code = TournamentCode.PLAYED_ALREADY
    title_text = "Played already"

    def __init__(self) -> None:
        super().__init__("This match has been played; its result can be taken.")
