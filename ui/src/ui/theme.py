"""The choice of a light or dark theme, stored in a cookie and set by a plain form, so that it needs no script."""

import msgspec
from litestar import post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from ui.links import safe_local_path, urls
from ui.session.cookies import Theme, theme_cookie


class ThemeChoice(msgspec.Struct, frozen=True):
    theme: Theme
    next: str = ""


@post("/theme")
async def choose_theme(
    data: URLEncodedBody[ThemeChoice],
) -> Redirect:
    return Redirect(
        safe_local_path(data.next) or urls.landing,
        status_code=303,
        cookies=[theme_cookie(data.theme)],
    )
