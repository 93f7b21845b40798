"""Errors of seeing, entering and organising tournaments."""

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, Forbidden, NotFound


class NoSuchTournament(NotFound):
    """There is no such tournament, or it is another player's draft or hotseat tournament."""

    code = TournamentCode.NO_SUCH_TOURNAMENT
    title_text = "No such tournament"

    def __init__(self) -> None:
        super().__init__("This tournament does not exist, or you cannot see it.")


class NotOrganiser(Forbidden):
    """The caller may see the tournament, but another player organises it."""

    code = TournamentCode.NOT_ORGANISER
    title_text = "Only the organiser can do this"

    def __init__(self) -> None:
        super().__init__("Another player organises this tournament.")


class NotPossibleNow(Conflict):
    """The tournament, or the player's entry, is in a state that does not allow the action."""

    code = TournamentCode.NOT_NOW
    title_text = "Not possible right now"


class TooFewPlayers(Conflict):
    """Fewer than two players are present."""

    code = TournamentCode.TOO_FEW
    title_text = "Too few players"

    def __init__(self) -> None:
        super().__init__(
            "A tournament needs at least two players who are present before it can start."
        )


class SizeTooSmall(Conflict):
    """The new size is below the number of players already entered."""

    code = TournamentCode.TOO_SMALL
    title_text = "Too small for the players entered"

    def __init__(self, entered: int) -> None:
        super().__init__(
            f"{entered} players have already entered. Choose a size of at least {entered}."
        )


class TooManyTournaments(Conflict):
    """The organiser has reached the limit of unfinished tournaments."""

    code = TournamentCode.TOO_MANY_TOURNAMENTS
    title_text = "Too many tournaments"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} unfinished tournaments. Finish or cancel some first.")


class InvitationNeeded(Forbidden):
    """The tournament is by invitation, and the request has none or a wrong one."""

    code = TournamentCode.INVITATION_NEEDED
    title_text = "You need an invitation"

    def __init__(self) -> None:
        super().__init__("This tournament is by invitation. Ask the organiser for the link.")


class RegistrationClosed(Conflict):
    """Registration has not opened yet, has closed, or all places are taken."""

    code = TournamentCode.CLOSED
    title_text = "Registration is closed"

    def __init__(self) -> None:
        super().__init__("Registration for this tournament is closed.")


class PlayerRemoved(Conflict):
    """The organiser has removed or disqualified the player."""

    code = TournamentCode.OUT
    title_text = "You are out of this tournament"

    def __init__(self) -> None:
        super().__init__(
            "The organiser removed you from this tournament. The log gives the reason."
        )


class NotEntered(NotFound):
    """The player has no place in the tournament and is not on the waiting list."""

    code = TournamentCode.NOT_ENTERED
    title_text = "You have not entered"

    def __init__(self) -> None:
        super().__init__("You have no place in this tournament and are not on the waiting list.")


class NoSuchEntry(NotFound):
    """The tournament has no entry with this id."""

    code = TournamentCode.NO_SUCH_ENTRY
    title_text = "No such entry"

    def __init__(self) -> None:
        super().__init__("This player is not in the tournament; they may have left.")
