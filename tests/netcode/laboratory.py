"""Matches between two clients in Node over a slow network, with the reports of all three sides."""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time
from uuid import UUID

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.live.match_host_under_test import new_match
from tests.fixtures.cast import Person, SigningKey
from tests.netcode.records import Record, Report
from tests.netcode.replicas import Replicas

NODE = Path(sys.executable).with_name("node")
PLAYER = Path(__file__).with_name("player.js")
RECORD_SECONDS = 30

LONGEST_REPORT_BYTES = 2**24


@dataclass(frozen=True)
class Laboratory:
    """A tournament database, processes of the service to be started on it, and history."""

    db: SQLAlchemyAsyncConfig
    key: SigningKey
    replicas: Replicas
    history: httpx.AsyncClient

    def person(self, name: str) -> Person:
        return Person(name, self.key, roles=("player",))

    async def new_match(
        self, one: Person, other: Person, *, points: int = 3, rated: bool = False
    ) -> UUID:
        return await new_match(self.db, one, other, points=points, rated=rated)

    async def record(self, match_id: UUID) -> Record:
        """Return history's record as soon as it exists."""
        async with asyncio.timeout(RECORD_SECONDS):
            while True:
                answer = await self.history.get(f"/api/history/matches/{match_id}/replay")
                if answer.is_success:
                    found: Record = answer.json()
                    return found
                await asyncio.sleep(0.05)


async def play(
    url: str, match_id: UUID, person: Person, *, trust: Path | None = None, **settings: object
) -> Report:
    """Play a match to its end with a client in its own process.

    Times in the report (`atMs`) are relative to its `startedAt` (Unix time).
    """
    arguments = {
        "url": f"{url.replace('http', 'ws', 1)}/api/tournament/matches/{match_id}/play",
        "headers": person.headers,
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        *(NODE, PLAYER, json.dumps(arguments)),
        env={**os.environ, **({"NODE_EXTRA_CA_CERTS": str(trust)} if trust else {})},
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_REPORT_BYTES,
        # The started program runs the real one as its child, so both must end together.
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        printed = await process.stdout.readline()
        printed_at = time()
    finally:
        # An unanswered socket would delay its end.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()
    assert printed, f"the client ended with {process.returncode}"
    report: Report = json.loads(printed)
    return {**report, "startedAt": printed_at - report["seconds"]}
