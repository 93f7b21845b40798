"""Renews a browser's session for the gateway, before pages of other programs: dashboards, metrics and alerts."""

from litestar import Response, get

from ui.caching import NOT_KEPT


@get("/session")
async def keep_session() -> Response[None]:
    """Answer with the session's cookies only, which the middleware sets."""
    return Response(None, status_code=204, headers=NOT_KEPT)
