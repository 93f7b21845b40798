"""Renews a browser's session for the gateway, on the way to what is not of ours: dashboards, metrics, alerts."""

from litestar import Response, get

from ui.caching import NOT_KEPT


@get("/session")
async def keep_session() -> Response[None]:
    """The answer's cookies, which the middleware writes, are all that is wanted of it."""
    return Response(None, status_code=204, headers=NOT_KEPT)
