"""The landing page: what the site is, with links to register and to sign in."""

from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from transcendence_common.identity import Player
from ui.links import urls
from ui.pages import Page, PageRequest, render


class LandingPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "landing.html"


@get("/")
async def show_landing(
    request: PageRequest, visitor: NamedDependency[Player | None]
) -> Response[Any]:
    if visitor:
        return Redirect(urls.lobby, status_code=303)
    return render(request, LandingPage())
