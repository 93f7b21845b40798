"""Why a tournament is not shown, or does not do what somebody wants of it."""

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, Forbidden, NotFound


class NoSuchTournament(NotFound):
    """There is none, or it is a draft or a hotseat tournament of somebody else."""

    code = TournamentCode.NO_SUCH_TOURNAMENT
    title_text = "No such tournament"

    def __init__(self) -> None:
        super().__init__("This tournament does not exist, or you cannot see it.")


class NotOrganiser(Forbidden):
    """They may look, and somebody else organises it."""

    code = TournamentCode.NOT_ORGANISER
    title_text = "Only the organiser can do this"

    def __init__(self) -> None:
        super().__init__("Another player organises this tournament.")


class NotNow(Conflict):
    """The tournament, or somebody's place in it, is in another state than that takes."""

    code = TournamentCode.NOT_NOW
    title_text = "Not possible right now"


class TooFew(Conflict):
    """Nobody plays alone."""

    code = TournamentCode.TOO_FEW
    title_text = "Too few players"

    def __init__(self) -> None:
        super().__init__(
            "A tournament needs at least two players who are present before it can start."
        )


class TooSmall(Conflict):
    """Whoever has a place keeps it."""

    code = TournamentCode.TOO_SMALL
    title_text = "Too small for the players entered"

    def __init__(self, entered: int) -> None:
        super().__init__(
            f"{entered} players have already entered. Choose a size of at least {entered}."
        )


class TooManyTournaments(Conflict):
    """So many are not over."""

    code = TournamentCode.TOO_MANY_TOURNAMENTS
    title_text = "Too many tournaments"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} unfinished tournaments. Finish or cancel some first.")


class InvitationNeeded(Forbidden):
    """It is by invitation, and this is not it."""

    code = TournamentCode.INVITATION_NEEDED
    title_text = "You need an invitation"

    def __init__(self) -> None:
        super().__init__("This tournament is by invitation. Ask the organiser for the link.")


class Closed(Conflict):
    """Nobody enters it any more, or not yet."""

    code = TournamentCode.CLOSED
    title_text = "Registration is closed"

    def __init__(self) -> None:
        super().__init__("Registration for this tournament is closed.")


class Out(Conflict):
    """The organiser has taken them out of it."""

    code = TournamentCode.OUT
    title_text = "You are out of this tournament"

    def __init__(self) -> None:
        super().__init__(
            "The organiser removed you from this tournament. The log gives the reason."
        )


class NotEntered(NotFound):
    """They have no place in it, and do not wait for one."""

    code = TournamentCode.NOT_ENTERED
    title_text = "You have not entered"

    def __init__(self) -> None:
        super().__init__("You have no place in this tournament and are not on the waiting list.")


class NoSuchEntry(NotFound):
    """Nobody in this tournament has that id."""

    code = TournamentCode.NO_SUCH_ENTRY
    title_text = "No such entry"

    def __init__(self) -> None:
        super().__init__("This player is not in the tournament; they may have left.")
