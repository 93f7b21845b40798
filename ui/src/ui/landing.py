"""The front door: what this is, and two ways in."""

from typing import ClassVar

from litestar import Response, get
from litestar.response import Redirect
from transcendence_common.identity import Player

from ui.links import urls
from ui.pages import Page, PageRequest, render


class LandingPage(Page):
    template: ClassVar[str] = "landing.html"


@get("/")
async def show_landing(request: PageRequest, visitor: Player | None) -> Response[object]:
    if visitor:
        return Redirect(urls.lobby, status_code=303)
    return render(request, LandingPage())
