"""The page of friends, and forms that change a relationship and lead back to their page."""

from typing import Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.friends import Friend
from ui.clients.auth import AuthClient
from ui.clients.backend import Refused
from ui.flash import NOTICES, set_notice
from ui.friends.pages import FriendsPage
from ui.links import safe_local_path, urls
from ui.pages import PageRequest, render
from ui.redirects import redirect_page
from ui.session.state import session_of

Action = Literal["ask", "accept", "part", "block", "unblock"]

CLIENT_CALL_BY_ACTION: Final = {
    "ask": AuthClient.ask_for_friendship,
    "accept": AuthClient.accept_friend_request,
    "part": AuthClient.end_friendship,
    "block": AuthClient.block_player,
    "unblock": AuthClient.unblock_player,
}
NOTICE_BY_STATUS: Final = {404: "request_gone", 409: "friends_refused"}
"""Notices for errors that the page's current state explains, by status; auth's code may have a notice of its own."""


class ReturnForm(msgspec.Struct, frozen=True):
    next: str = ""


@get("/friends")
async def show_friends(request: PageRequest, auth: NamedDependency[AuthClient]) -> Template:
    everybody = await auth.friends(session_of(request).required_access_token())
    page = FriendsPage(
        friends=sorted(everybody.friends, key=_online_first),
        incoming=everybody.incoming,
        outgoing=everybody.outgoing,
        blocked=everybody.blocked,
    )
    return render(request, page)


@post("/friends/{username:str}/{action:str}")
async def change_friendship(
    request: PageRequest,
    username: FromPath[str],
    action: FromPath[Action],
    data: URLEncodedBody[ReturnForm],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    where = safe_local_path(data.next) or urls.friends
    session = session_of(request)
    try:
        await CLIENT_CALL_BY_ACTION[action](auth, username, session.required_access_token())
    except Refused as refused:
        if refused.status not in NOTICE_BY_STATUS:
            raise
        own = refused.code if refused.code in NOTICES else None
        set_notice(session, own or NOTICE_BY_STATUS[refused.status])
        return redirect_page(request, where)
    return Redirect(where, status_code=303)


def _online_first(friend: Friend) -> tuple[bool, str]:
    return not friend.online, (friend.person.display_name or friend.person.username).casefold()


FRIENDS_ROUTES = [show_friends, change_friendship]
