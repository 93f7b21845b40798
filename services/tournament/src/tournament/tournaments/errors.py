"""Why a tournament is not shown, or does not do what somebody wants of it."""

from contracts.tournament.problems import TournamentCode
from transcendence_common.problems import Conflict, Forbidden, NotFound


class NoSuchTournament(NotFound):
    """There is none, or it is a draft or a hotseat tournament of somebody else."""

    code = TournamentCode.NO_SUCH_TOURNAMENT
    title_text = "No such tournament"

    def __init__(self) -> None:
        super().__init__("There is no such tournament, or it is not for you to see.")


class NotOrganiser(Forbidden):
    """They may look, and somebody else organises it."""

    code = TournamentCode.NOT_ORGANISER
    title_text = "Only its organiser may do this"

    def __init__(self) -> None:
        super().__init__("Somebody else organises this tournament.")


class NotNow(Conflict):
    """The tournament, or somebody's place in it, is in another state than that takes."""

    code = TournamentCode.NOT_NOW
    title_text = "Not at this moment"


class TooFew(Conflict):
    """Nobody plays alone."""

    code = TournamentCode.TOO_FEW
    title_text = "Too few players"

    def __init__(self) -> None:
        super().__init__("A tournament needs two players who are here; it can start when they are.")


class TooSmall(Conflict):
    """Whoever has a place keeps it."""

    code = TournamentCode.TOO_SMALL
    title_text = "Too small for those who have entered"

    def __init__(self, entered: int) -> None:
        super().__init__(f"{entered} players have a place; the size cannot be below that.")


class TooManyTournaments(Conflict):
    """So many are not over."""

    code = TournamentCode.TOO_MANY_TOURNAMENTS
    title_text = "Too many tournaments"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} of your tournaments are not over; finish or cancel some first.")


class InvitationNeeded(Forbidden):
    """It is by invitation, and this is not it."""

    code = TournamentCode.INVITATION_NEEDED
    title_text = "You need an invitation"

    def __init__(self) -> None:
        super().__init__("Only whoever has the invitation may enter; ask the organiser for it.")


class Closed(Conflict):
    """Nobody enters it any more, or not yet."""

    code = TournamentCode.CLOSED
    title_text = "Nobody can enter now"

    def __init__(self) -> None:
        super().__init__("This tournament takes nobody at the moment.")


class Out(Conflict):
    """The organiser has taken them out of it."""

    code = TournamentCode.OUT
    title_text = "You are out of this tournament"

    def __init__(self) -> None:
        super().__init__(
            "The organiser has taken you out of this tournament; the audit log says why."
        )


class NotEntered(NotFound):
    """They have no place in it, and do not wait for one."""

    code = TournamentCode.NOT_ENTERED
    title_text = "You have not entered"

    def __init__(self) -> None:
        super().__init__("You have no place in this tournament and do not wait for one.")


class NoSuchEntry(NotFound):
    """Nobody in this tournament has that id."""

    code = TournamentCode.NO_SUCH_ENTRY
    title_text = "Nobody like that is in it"

    def __init__(self) -> None:
        super().__init__("Nobody in this tournament has that id; they may have left.")
