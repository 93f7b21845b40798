"""Middleware that finds a browser's session, renews it when due, and sets its cookies."""

from time import time
from typing import Any, Final

import structlog
from jose import jwt
from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from transcendence_common.identity import AccessTokens, Player
from transcendence_common.problems import NotSignedIn, Unavailable
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE
from ui.session.state import SCOPE_KEY, BrowserSession
from ui.session.visitor import store_visitor

RENEW_BEFORE_SECONDS: Final = 30
"""A token must stay valid during the calls that this request makes with it."""
STATUSES_OF_ENDED_SESSION: Final = frozenset({400, 401, 403})
"""Auth's status codes for a session that is over; any other error is temporary."""

logger = structlog.get_logger("ui.session")


class BrowserSessions(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)

    def __init__(self, tokens: AccessTokens, auth: AuthClient) -> None:
        self._tokens = tokens
        self._auth = auth

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request = Request[Any, Any, Any](scope)
        device_token = store_visitor(request)
        cookies = request.cookies
        session = await self._load_session(cookies.get(ACCESS_COOKIE), cookies.get(REFRESH_COOKIE))
        session.device_token = device_token
        scope["state"][SCOPE_KEY] = session
        scope["user"] = session.player
        scope["auth"] = session.access_token

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for cookie in session.cookies.values():
                    headers.add("set-cookie", cookie.to_header(header=""))
            await send(message)

        await next_app(scope, receive, send_with_cookies)

    async def _load_session(self, access: str | None, refresh: str | None) -> BrowserSession:
        try:
            player = await self._verified_player(access)
        except Unavailable:
            return BrowserSession(unsure=True)
        if player and access and _seconds_left(access) >= RENEW_BEFORE_SECONDS:
            return BrowserSession(player, access)
        if refresh:
            return await self._renew_session(
                refresh, BrowserSession(player, access if player else None)
            )
        return BrowserSession(player, access if player else None)

    async def _renew_session(self, refresh: str, meanwhile: BrowserSession) -> BrowserSession:
        """Exchange the refresh token for new tokens. While auth is unavailable, the session continues with its access
        token as long as that is valid."""
        session = BrowserSession()
        try:
            session.begin_session(await self._auth.renew_session(refresh))
            session.player = await self._verified_player(session.access_token)
        except (BackendDown, Unavailable):
            meanwhile.unsure = True
            return meanwhile
        except Refused as refused:
            if refused.status not in STATUSES_OF_ENDED_SESSION:
                meanwhile.unsure = True
                return meanwhile
            _log_session_ended(refused, meanwhile.player)
            session.end_session()
        return session

    async def _verified_player(self, token: str | None) -> Player | None:
        if not token:
            return None
        try:
            return await self._tokens.verify(token)
        except NotSignedIn:
            return None


def _seconds_left(verified_token: str) -> float:
    return float(jwt.get_unverified_claims(verified_token)["exp"]) - time()


def _log_session_ended(refused: Refused, player: Player | None) -> None:
    """Log the end of a session. If only the refresh token names its player, the player's ID is in auth's log line with
    the same request ID."""
    logger.info(
        "session ended",
        **{
            "event.action": "browser-session-end",
            "event.category": ["session"],
            "event.type": ["end"],
            "event.outcome": "success",
            "event.reason": refused.code,
            **({"user.id": str(player.id)} if player else {}),
        },
    )
