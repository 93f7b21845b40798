"""Stand-ins for replicas of tournament: one runs a match, the others name it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.gateway.upstream import FakeService, Message, Receive, Send, echo

OWNER_LOCATION = "/_gateway/tournament/"
NOT_HERE = 503


@dataclass
class Replica(FakeService):
    """A replica that runs every match, names another as the owner, or refuses every socket."""

    owner: str | None = None
    refusal: int | None = None

    async def _meet(self, receive: Receive, send: Send) -> None:
        if self.refusal is not None:
            await refuse(send, self.refusal, [])
        elif self.owner is not None:
            target = f"{OWNER_LOCATION}{self.owner}{self.last.target}"
            await refuse(send, NOT_HERE, [("x-accel-redirect", target), ("retry-after", "1")])
        else:
            await echo(receive, send)


@contextmanager
def running(replica: Replica) -> Iterator[Replica]:
    replica.start()
    yield replica
    replica.stop()


async def refuse(send: Send, status: int, headers: list[tuple[str, str]]) -> None:
    """Answer an upgrade with a problem, as the services do."""
    kind = ("content-type", "application/problem+json")
    start: Message = {
        "type": "websocket.http.response.start",
        "status": status,
        "headers": [(key.encode(), value.encode()) for key, value in (kind, *headers)],
    }
    await send(start)
    body = json.dumps({"code": "of_the_service", "status": status}).encode()
    await send({"type": "websocket.http.response.body", "body": body})
