"""Errors of matchmaking and invitations."""

from uuid import UUID

from contracts.tournament.problems import TournamentCode
from tournament.live.errors import AlreadyPlaying
from transcendence_common.problems import Conflict, NotFound, Problem


class StillPlaying(Conflict):
    """The caller has a seat in an unfinished match; `match_id` is its id."""

    code = AlreadyPlaying.code
    title_text = AlreadyPlaying.title_text

    def __init__(self, match_id: UUID) -> None:
        super().__init__("You are still in a match. Finish it first.")
        self.extra = {"code": self.code, "match_id": str(match_id)}


class NotQueued(NotFound):
    """The caller has no place in the queue: never joined, left, expired, or was given a match."""

    code = TournamentCode.NOT_QUEUED
    title_text = "You are not in the queue"

    def __init__(self) -> None:
        super().__init__("You are not waiting for a match.")


class NoSuchFriend(NotFound):
    """The invited player is not a friend. The answer never reveals whether the player exists."""

    code = TournamentCode.NO_SUCH_FRIEND
    title_text = "No such friend"

    def __init__(self) -> None:
        super().__init__("This player is not your friend.")


class NoSuchInvitation(NotFound):
    """There is no such invitation, or it is between other players."""

    code = TournamentCode.NO_SUCH_INVITATION
    title_text = "No such invitation"

    def __init__(self) -> None:
        super().__init__("This invitation does not exist, or is not for you.")


class AlreadyInvited(Conflict):
    """The friend has an open challenge with other settings. It must not change while they may be about to accept it."""

    code = TournamentCode.ALREADY_INVITED
    title_text = "You have already challenged this friend"

    def __init__(self) -> None:
        super().__init__("This friend has not answered your last challenge. Cancel it first.")


class TooManyInvitations(Conflict):
    """The caller has reached the limit of open invitations."""

    code = TournamentCode.TOO_MANY_INVITATIONS_OPEN
    title_text = "Too many open invitations"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} open invitations. Cancel some first.")


class OwnInvitation(Conflict):
    """The caller tried to accept their own invitation."""

    code = TournamentCode.OWN_INVITATION
    title_text = "That is your own invitation"

    def __init__(self) -> None:
        super().__init__("This is your own invitation. Another player has to accept it.")


class InvitationOver(Problem):
    """The invitation has expired, was answered or withdrawn, or one player blocks the other, which looks the same."""

    code = TournamentCode.INVITATION_OVER
    status = 410
    title_text = "This invitation is no longer open"

    def __init__(self) -> None:
        super().__init__("This invitation has expired, was answered, or was cancelled.")
