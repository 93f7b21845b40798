"""Why somebody gets no match, or no invitation."""

from uuid import UUID

from contracts.tournament.problems import TournamentCode
from tournament.live.errors import AlreadyPlaying
from transcendence_common.problems import Conflict, NotFound, Problem


class StillPlaying(Conflict):
    """The one who asks sits in a match that has not ended; `match_id` says in which."""

    code = AlreadyPlaying.code
    title_text = AlreadyPlaying.title_text

    def __init__(self, match_id: UUID) -> None:
        super().__init__("You are still in a match. Finish it first.")
        self.extra = {"code": self.code, "match_id": str(match_id)}


class NotQueued(NotFound):
    """They never joined, left, were not heard of for too long, or have been given a match."""

    code = TournamentCode.NOT_QUEUED
    title_text = "You are not in the queue"

    def __init__(self) -> None:
        super().__init__("You are not waiting for a match.")


class NoSuchFriend(NotFound):
    """Only friends are challenged; nobody learns whether somebody else is there."""

    code = TournamentCode.NO_SUCH_FRIEND
    title_text = "No such friend"

    def __init__(self) -> None:
        super().__init__("This player is not your friend.")


class NoSuchInvitation(NotFound):
    """There is none, or it is between others."""

    code = TournamentCode.NO_SUCH_INVITATION
    title_text = "No such invitation"

    def __init__(self) -> None:
        super().__init__("This invitation does not exist, or is not for you.")


class AlreadyInvited(Conflict):
    """The friend has an open challenge, to another match; it does not change while they may be about to accept it."""

    code = TournamentCode.ALREADY_INVITED
    title_text = "You have already challenged this friend"

    def __init__(self) -> None:
        super().__init__("This friend has not answered your last challenge. Cancel it first.")


class TooManyInvitations(Conflict):
    """So many are open."""

    code = TournamentCode.TOO_MANY_INVITATIONS_OPEN
    title_text = "Too many open invitations"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} open invitations. Cancel some first.")


class OwnInvitation(Conflict):
    """Nobody plays against themselves."""

    code = TournamentCode.OWN_INVITATION
    title_text = "That is your own invitation"

    def __init__(self) -> None:
        super().__init__("This is your own invitation. Another player has to accept it.")


class InvitationOver(Problem):
    """It has expired, was answered or taken back, or these two are not to meet, which looks the same."""

    code = TournamentCode.INVITATION_OVER
    status = 410
    title_text = "This invitation is no longer open"

    def __init__(self) -> None:
        super().__init__("This invitation has expired, was answered, or was cancelled.")
