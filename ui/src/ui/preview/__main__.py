"""`python -m ui.preview [port]`: every page with stand-ins behind it; sign in as `alice` / `alice likes pong`."""

import sys
import tempfile
from pathlib import Path
from typing import Final

import uvicorn
from litestar import Litestar
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ui.app import create_app
from ui.build_assets import build_assets
from ui.preview.auth import StandInAuth
from ui.preview.history import StandInHistory
from ui.settings import UiSettings

DEFAULT_PORT: Final = 8010
MATCHES: Final = 47
SCORES: Final = ((7, 4), (3, 7), (7, 6), (11, 9))
LEVELS: Final = ("easy", "normal", None, "hard", "normal")
"""None is a match of two on one keyboard."""
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect")),
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""As strict as the gateway's, so that nothing works here that would be blocked there."""


def preview_app(assets_dir: Path) -> ASGIApp:
    build_assets(assets_dir)
    auth, history = StandInAuth(), StandInHistory()
    auth.add_player("alice", "alice likes pong")
    for number in range(MATCHES):
        _add_some_match(history, number)
    pages = create_app(
        UiSettings(assets_dir=assets_dir),
        auth_http=auth.switch.client(),
        history_http=history.switch.client(),
        keys=auth,
    )
    files = Litestar([create_static_files_router("/static", [assets_dir / "static"])])
    return _Gateway(pages, files)


def _add_some_match(history: StandInHistory, number: int) -> None:
    score = SCORES[number % len(SCORES)]
    level = LEVELS[number % len(LEVELS)]
    history.add_match(
        "alice",
        score=score,
        opponent="Computer" if level else "Bob",
        level=level,
        points=max(score),
        longest_rally=5 + number,
    )


class _Gateway:
    """What of the real one matters to a page: static files, and the content policy."""

    def __init__(self, pages: ASGIApp, files: ASGIApp) -> None:
        self._pages = pages
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], (b"content-security-policy", POLICY.encode())]
                message = {**message, "headers": headers}
            await send(message)

        is_file = scope.get("path", "").startswith("/static/")
        await (self._files if is_file else self._pages)(scope, receive, send_with_policy)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        port = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PORT
        uvicorn.run(preview_app(Path(folder)), host="127.0.0.1", port=port, log_level="warning")
