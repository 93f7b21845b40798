"""`python -m mail_sink` accepts emails and shows them, until it is stopped."""

import contextlib
import os
import sys

import uvicorn

from mail_sink.settings import SettingMalformed, read_settings

# Seconds. Browsers that show the page keep a connection open, which need not end gracefully.
STOP_SECONDS = 2


def main() -> int:
    # Litestar imports it if it is installed, and with it SQLAlchemy: half of the modules that this would load.
    sys.modules.setdefault("advanced_alchemy", None)  # type: ignore[arg-type]
    from mail_sink.app import create_app  # noqa: PLC0415

    try:
        settings = read_settings(os.environ)
    except SettingMalformed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        # The event loop that aiosmtpd requires; both listeners share it.
        loop="asyncio",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    lines = settings.lines.open("w") if settings.lines else contextlib.nullcontext(sys.stdout)
    # uvicorn raises the signal that ended it again; Ctrl-C is no error.
    with (
        lines as output,
        contextlib.redirect_stdout(output),
        contextlib.suppress(KeyboardInterrupt),
    ):
        uvicorn.Server(config).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
