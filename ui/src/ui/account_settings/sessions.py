"""Settings page of open sessions, which the player can end."""

from typing import ClassVar
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from contracts.auth.problems import AuthCode
from contracts.auth.sessions import OpenSession
from ui.account_settings.pages import SettingsPage, redirect_with_notice
from ui.clients.auth import AuthClient
from ui.clients.backend import Refused
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of


class SessionSettingsPage(SettingsPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "settings/sessions.html"

    section: str = "sessions"
    sessions: list[OpenSession]


@get("/settings/sessions")
async def show_sessions(request: PageRequest, auth: NamedDependency[AuthClient]) -> Template:
    sessions = await auth.sessions(session_of(request).required_access_token())
    return render(request, SessionSettingsPage(sessions=sessions))


@post("/settings/sessions/{session_id:uuid}/end")
async def end_session(
    request: PageRequest,
    session_id: FromPath[UUID],
    auth: NamedDependency[AuthClient],
) -> Redirect:
    try:
        await auth.end_session(session_id, session_of(request).required_access_token())
    except Refused as error:
        # A session that has already ended is a success.
        if error.code != AuthCode.NO_SUCH_SESSION:
            raise
    return redirect_with_notice(request, urls.settings_sessions, "session_ended")


@post("/settings/sessions/end-others")
async def end_other_sessions(request: PageRequest, auth: NamedDependency[AuthClient]) -> Redirect:
    await auth.end_other_sessions(session_of(request).required_access_token())
    return redirect_with_notice(request, urls.settings_sessions, "other_sessions_ended")
