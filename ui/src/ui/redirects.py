"""Redirects for full page requests and for HTMX requests."""

from typing import Any

from litestar import Response
from litestar.response import Redirect

from ui.pages import PageRequest


def redirect_page(request: PageRequest, where: str) -> Response[Any]:
    """Redirect to a whole page. HTMX gets a header, because a redirected page or a notice does not fit into a swapped
    block."""
    if "HX-Request" in request.headers:
        return Response("", headers={"HX-Redirect": where})
    return Redirect(where, status_code=303)
