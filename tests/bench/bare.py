"""The reference: a handler that answers constant JSON on the same server, without a gateway."""

import socket

from litestar import Litestar, get

from transcendence_common.server import serve
from transcendence_common.settings import Settings


@get("/")
async def constant() -> dict[str, str]:
    return {"hello": "world"}


def create_app() -> Litestar:
    return Litestar([constant], logging_config=None)


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    print(f"http://127.0.0.1:{port}/", flush=True)  # noqa: T201 - the parent reads it
    serve("tests.bench.bare:create_app", Settings(), port=port)
