"""What can go wrong between people."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, NotFound


class Yourself(Conflict):
    """Nobody is their own friend."""

    code = AuthCode.YOURSELF
    title_text = "That is you"

    def __init__(self) -> None:
        super().__init__("This is your own account.")


class BlockedByYou(Conflict):
    """Who wants to be friends with somebody has to unblock them first."""

    code = AuthCode.BLOCKED_BY_YOU
    title_text = "You have blocked this player"

    def __init__(self) -> None:
        super().__init__("You have blocked this player. Unblock them first.")


class TooManyOpenRequests(Conflict):
    """So many people have not answered yet."""

    code = AuthCode.TOO_MANY_REQUESTS_OPEN
    title_text = "Too many open requests"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} open friend requests. Cancel some first.")


class NoSuchRequest(NotFound):
    """They have not asked, or took it back."""

    code = AuthCode.NO_SUCH_REQUEST
    title_text = "No such request"

    def __init__(self) -> None:
        super().__init__("This player has not sent you a request, or cancelled it.")
