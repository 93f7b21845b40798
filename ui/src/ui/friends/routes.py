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
from ui.flash import NOTICES, flash
from ui.friends.pages import FriendsPage
from ui.links import local_path, urls
from ui.pages import PageRequest, render
from ui.redirects import go_to
from ui.session.state import session_of

Action = Literal["ask", "accept", "part", "block", "unblock"]

ACTIONS: Final = {
    "ask": AuthClient.ask_friend,
    "accept": AuthClient.accept_friend,
    "part": AuthClient.end_friendship,
    "block": AuthClient.block,
    "unblock": AuthClient.unblock,
}
SAID_ON_THE_NEXT_PAGE: Final = {404: "request_gone", 409: "friends_refused"}
"""Notices for errors that the page's current state explains, by status; auth's code may have a notice of its own."""


class ReturnForm(msgspec.Struct, frozen=True):
    next: str = ""


@get("/friends")
async def show_friends(request: PageRequest, auth: NamedDependency[AuthClient]) -> Template:
    everybody = await auth.friends(session_of(request).bearer())
    page = FriendsPage(
        friends=sorted(everybody.friends, key=_here_first),
        incoming=everybody.incoming,
        outgoing=everybody.outgoing,
        blocked=everybody.blocked,
    )
    return render(request, page)


@post("/friends/{username:str}/{action:str}")
async def act(
    request: PageRequest,
    username: FromPath[str],
    action: FromPath[Action],
    data: URLEncodedBody[ReturnForm],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    where = local_path(data.next) or urls.friends
    session = session_of(request)
    try:
        await ACTIONS[action](auth, username, session.bearer())
    except Refused as refused:
        if refused.status not in SAID_ON_THE_NEXT_PAGE:
            raise
        own = refused.code if refused.code in NOTICES else None
        flash(session, own or SAID_ON_THE_NEXT_PAGE[refused.status])
        return go_to(request, where)
    return Redirect(where, status_code=303)


def _here_first(friend: Friend) -> tuple[bool, str]:
    return not friend.online, (friend.person.display_name or friend.person.username).casefold()


FRIENDS = [show_friends, act]
