"""Runs one service: a single uvicorn process; more come from more replicas."""

from typing import Final

import uvicorn

STOP_SECONDS: Final = 10
"""How long requests under way may take to finish after SIGTERM."""
KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the gateway keeps an idle upstream connection, so that it never writes into a closing one."""


def serve(application: str, *, host: str, port: int) -> None:
    """Serve an application factory such as `auth.app:create_app` until SIGTERM or SIGINT."""
    uvicorn.run(
        application,
        factory=True,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        # Compression of small binary frames costs 45 % more CPU in live matches and saves nothing.
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        # Our own plugin formats every logger's lines; the gateway writes the access log.
        log_config=None,
        access_log=False,
        server_header=False,
        # The gateway's X-Forwarded-* are for us to read, never for uvicorn to believe.
        proxy_headers=False,
    )
