"""Redirects from the former addresses of the manage page and the log, for bookmarks; kept for one release."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect

from ui.links import urls


@get("/tournaments/{tournament_id:uuid}/desk", sync_to_thread=False)
def redirect_to_manage(tournament_id: FromPath[UUID]) -> Redirect:
    return Redirect(urls.tournament_manage(tournament_id), status_code=301)


@get("/tournaments/{tournament_id:uuid}/record", sync_to_thread=False)
def redirect_to_log(tournament_id: FromPath[UUID]) -> Redirect:
    return Redirect(urls.tournament_log(tournament_id), status_code=301)


MOVED_ROUTES = [redirect_to_manage, redirect_to_log]
