"""Errors of friendships and blocks."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, NotFound


class Yourself(Conflict):
    """The player named themselves; players cannot befriend or block themselves."""

    code = AuthCode.YOURSELF
    title_text = "That is you"

    def __init__(self) -> None:
        super().__init__("This is your own account.")


class BlockedByYou(Conflict):
    """The player has blocked the other one, and must unblock them before asking for friendship."""

    code = AuthCode.BLOCKED_BY_YOU
    title_text = "You have blocked this player"

    def __init__(self) -> None:
        super().__init__("You have blocked this player. Unblock them first.")


class TooManyOpenRequests(Conflict):
    """The player has the maximum number of unanswered friend requests."""

    code = AuthCode.TOO_MANY_REQUESTS_OPEN
    title_text = "Too many open requests"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} open friend requests. Cancel some first.")


class NoSuchRequest(NotFound):
    """There is no friend request from this player, or it was cancelled."""

    code = AuthCode.NO_SUCH_REQUEST
    title_text = "No such request"

    def __init__(self) -> None:
        super().__init__("This player has not sent you a request, or cancelled it.")
