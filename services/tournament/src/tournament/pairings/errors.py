"""Errors of playing, showing and correcting pairings."""

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, InvalidFields, NotFound


class NoSuchPairing(NotFound):
    """The tournament has no pairing with this number, at least not yet."""

    code = TournamentCode.NO_SUCH_PAIRING
    title_text = "No such pairing"

    def __init__(self) -> None:
        super().__init__("This tournament has no pairing with this number.")


class NotYourPairing(Forbidden):
    """The caller is not one of the pairing's two players."""

    code = TournamentCode.NOT_YOUR_PAIRING
    title_text = "This is another players' match"

    def __init__(self) -> None:
        super().__init__("This match is between two other players; you can watch it.")


class NotCalled(Conflict):
    """The pairing's turn has not come yet, or it is over."""

    code = TournamentCode.NOT_CALLED
    title_text = "Not called"

    def __init__(self) -> None:
        super().__init__(
            "This match is not called right now: it waits for other matches, or is over."
        )


class NotStarted(Conflict):
    """The tournament has no bracket, because it has not started."""

    code = TournamentCode.NOT_STARTED
    title_text = "Not started"

    def __init__(self) -> None:
        super().__init__("The bracket is drawn when the tournament starts.")


class NotCorrectable(Conflict):
    """The pairing cannot be corrected: it is not decided, or was decided without two players."""

    code = TournamentCode.NOT_OVER
    title_text = "Nothing to correct"

    def __init__(self) -> None:
        super().__init__("You can only correct a finished match between two players.")


class LaterMatchBegun(Conflict):
    """Matches that depend on the outcome have begun or ended; `pairings` lists their numbers."""

    code = TournamentCode.ALREADY_FOLLOWED
    title_text = "Later matches depend on this result"

    def __init__(self, numbers: tuple[int, ...]) -> None:
        named = ", ".join(map(str, numbers))
        super().__init__(
            f"You cannot correct this result: match {named} depends on it and has started or ended."
        )
        self.extra = {"code": self.code, "pairings": list(numbers)}


class WinnerNotInPairing(InvalidFields):
    """The named winner is not one of the pairing's two players."""

    def __init__(self) -> None:
        super().__init__(FieldError("winner", "Choose one of the two players, or neither."))


class NotPlayedYet(Conflict):
    """History has no record of the match."""

    code = TournamentCode.NOT_PLAYED_YET
    title_text = "Not played yet"

    def __init__(self) -> None:
        super().__init__("The result of this match has not been received. Finish the match first.")


class PlayedAlready(Conflict):
    """The match has been submitted to history, but the tournament has not stored its result yet."""

    code = TournamentCode.PLAYED_ALREADY
    title_text = "Already played"

    def __init__(self) -> None:
        super().__init__("This match has already been played, and its result is available.")
