"""Renews a browser's session for the gateway, before pages of other programs: dashboards, metrics and alerts."""

from litestar import Response, get

from ui.caching import NO_STORE


@get("/session")
async def renew_session_cookies() -> Response[None]:
    """Answer without content. The middleware renews the session and sets its cookies."""
    return Response(None, status_code=204, headers=NO_STORE)
