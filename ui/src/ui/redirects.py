"""On to another page, whether the whole page or a part of it was asked for."""

from typing import Any

from litestar import Response
from litestar.response import Redirect

from ui.pages import PageRequest


def go_to(request: PageRequest, where: str) -> Response[Any]:
    """Go there as a whole page: a block that HTMX swaps in has no place for a notice, nor for another page."""
    if "HX-Request" in request.headers:
        return Response("", headers={"HX-Redirect": where})
    return Redirect(where, status_code=303)
