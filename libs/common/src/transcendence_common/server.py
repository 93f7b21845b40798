"""Runs a service as a single uvicorn process; more capacity comes from more replicas."""

import contextlib
import gc
import signal
import socket
import sys
import time
from collections.abc import Collection
from types import FrameType
from typing import Final

import uvicorn

from transcendence_common.draining import DRAINING, STOPPING
from transcendence_common.log_files import LogFolderUnusable
from transcendence_common.settings import Settings
from transcendence_common.websocket_protocol import WebSocketProtocol

STOP_TIMEOUT_SECONDS: Final = 10
"""Time for requests under way to finish after SIGTERM, or after the drain that it began."""
KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the gateway keeps an idle upstream connection, so that it never writes into a closing one."""

COLLECTION_THRESHOLDS: Final = (2_000, 10, 1_000)
"""New objects before a young collection, young collections before a middle one, middle ones before a full one.

A collection takes about 1 µs for each of its objects, during which nothing else runs: 50,000 new ones held up live
matches for 25 ms. Full collections made the slowest requests; with frozen start-up objects and rare full collections
p99 halved.
"""

CONNECTION_CLOSE_HEADER: Final = (b"connection", b"close")


UNUSED_MODULES: Final = ("httpx._main", "rich")
"""Modules that are not imported: httpx's command line, and structlog's colours for errors on terminals."""


def serve(application: str, settings: Settings, *, port: int, unused: Collection[str] = ()) -> None:
    """Serve an application factory such as `auth.app:create_app` until SIGTERM or SIGINT.

    Args:
        application: module and name of the factory.
        settings: `bind_host` and `drain_seconds` are used.
        port: the TCP port.
        unused: modules that libraries import only if they are installed; they are not loaded.
    """
    # A fifth of the import time is spent on garbage collection that finds nothing; it is enabled after the start.
    gc.disable()
    for name in (*UNUSED_MODULES, *unused):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    config = uvicorn.Config(
        application,
        factory=True,
        host=settings.bind_host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=WebSocketProtocol,
        # Compression of small binary frames costs 45 % more CPU in live matches and saves nothing.
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_TIMEOUT_SECONDS,
        # The logging plugin formats every logger's lines; the gateway writes the access log.
        log_config=None,
        access_log=False,
        server_header=False,
        # The services read the gateway's X-Forwarded-* themselves; uvicorn must not apply them.
        proxy_headers=False,
    )
    # Imported before signals are captured: a process told to stop during the import ends at once.
    config.load_app()
    server = _DrainingServer(config, settings.drain_seconds)
    try:
        # uvicorn raises the signal that ended it once more; Ctrl-C is no error.
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    except LogFolderUnusable as unusable:
        sys.stderr.write(f"{unusable}\n")
        raise SystemExit(1) from None


class _DrainingServer(uvicorn.Server):
    """Keeps serving for `drain_seconds` after the first SIGTERM; a second signal, or Ctrl-C, ends it at once."""

    def __init__(self, config: uvicorn.Config, drain_seconds: float) -> None:
        super().__init__(config)
        self._drain_seconds = drain_seconds
        self._drained_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _tune_garbage_collection()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        STOPPING.set()
        if sig == signal.SIGTERM and self._may_drain():
            self._drained_at = time.monotonic() + self._drain_seconds
            DRAINING.set()
            # Clients drop their kept connections now, instead of writing into closing ones later. uvicorn rebuilds the
            # second list from the first once a second.
            self.config.encoded_headers.append(CONNECTION_CLOSE_HEADER)
            self.server_state.default_headers = [
                *self.server_state.default_headers,
                CONNECTION_CLOSE_HEADER,
            ]
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        if self._drained_at is not None and time.monotonic() >= self._drained_at:
            super().handle_exit(signal.SIGTERM, None)
        return await super().on_tick(counter)

    def _may_drain(self) -> bool:
        return (
            self._drain_seconds > 0
            and self.started
            and not self.should_exit
            and not DRAINING.is_set()
        )


def _tune_garbage_collection() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(*COLLECTION_THRESHOLDS)
