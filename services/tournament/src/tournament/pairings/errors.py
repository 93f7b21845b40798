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
    title_text = "This is another players' match"

    def __init__(self) -> None:
        super().__init__("This match is between two other players; you can watch it.")


class NotCalled(Conflict):
    """It is not its turn yet, or it is over."""

    code = TournamentCode.NOT_CALLED
    title_text = "Not called"

    def __init__(self) -> None:
        super().__init__(
            "This match is not called right now: it waits for other matches, or is over."
        )


class NotStarted(Conflict):
    """Nobody is paired before the start."""

    code = TournamentCode.NOT_STARTED
    title_text = "Not started"

    def __init__(self) -> None:
        super().__init__("The bracket is drawn when the tournament starts.")


class NotOver(Conflict):
    """There is nothing to correct: nobody has won it yet, or nobody had to be beaten."""

    code = TournamentCode.NOT_OVER
    title_text = "Nothing to correct"

    def __init__(self) -> None:
        super().__init__("You can only correct a finished match between two players.")


class FollowedAlready(Conflict):
    """What follows from the outcome is played; `pairings` says which."""

    code = TournamentCode.ALREADY_FOLLOWED
    title_text = "Later matches depend on this result"

    def __init__(self, numbers: tuple[int, ...]) -> None:
        named = ", ".join(map(str, numbers))
        super().__init__(
            f"You cannot correct this result: match {named} depends on it and has started or ended."
        )
        self.extra = {"code": self.code, "pairings": list(numbers)}


class NotInIt(InvalidFields):
    """Only one of the two can have won."""

    def __init__(self) -> None:
        super().__init__(FieldError("winner", "Choose one of the two players, or neither."))


class NotPlayedYet(Conflict):
    """History has no record of it."""

    code = TournamentCode.NOT_PLAYED_YET
    title_text = "Not played yet"

    def __init__(self) -> None:
        super().__init__("The result of this match has not been received. Finish the match first.")


class PlayedAlready(Conflict):
    """It has been handed in, and only its result has not been taken yet."""

    code = TournamentCode.PLAYED_ALREADY
    title_text = "Already played"

    def __init__(self) -> None:
        super().__init__("This match has already been played, and its result is available.")
