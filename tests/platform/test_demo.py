"""`make demo` on a platform of its own prints an account to sign in with and runs players."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.cast import CAST, CHALLENGER, VISITOR
from launcher.settings import Ports, port_variable
from launcher.state_folder import LINK_NAME
from tests.fixtures.launched import LaunchedPlatform, launched_platform
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.platform.players import client_at

pytestmark = pytest.mark.thorough

LIVE = "/api/tournament/matches"
TOURNAMENTS = "/api/tournament/tournaments"


async def test_demo_players_play_live_matches_and_a_swiss_and_accept_a_challenge() -> None:
    with launched_platform({}) as platform:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "demo", "--secrets", secrets_of(platform)),
            env={**os.environ, **ports_of(platform)},
            stdout=PIPE,
        )
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_SECONDS)).decode()
        password = line.split(" with the password ")[1].split()[0]
        async with client_at(platform.url, PATIENCE_SECONDS) as client:
            assert f"{len(CAST)} players" in line
            await until(client, LIVE, lambda matches: len(matches["items"]) > 3)
            await until(client, f"{TOURNAMENTS}?show=running", lambda page: bool(page["items"]))
            await challenge(client, password)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0


async def challenge(client: httpx.AsyncClient, password: str) -> None:
    """Sign in as the visitor, challenge the player who accepts, and wait for the match."""
    tokens = await client.post(
        "/api/user/login", json={"username": VISITOR.name, "password": password}
    )
    headers = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
    profile = await client.get(f"/api/user/players/{CHALLENGER.name}", headers=headers)
    wanted = {"to": profile.json()["id"], "points": 3, "rated": False}
    answer = await client.post("/api/tournament/invitations", json=wanted, headers=headers)
    assert answer.status_code == 201, answer.text
    await until(client, f"{LIVE}/current", lambda match: "match_id" in match, headers)


async def until(
    client: httpx.AsyncClient,
    path: str,
    is_so: Callable[[Any], bool],
    headers: dict[str, str] | None = None,
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if is_so((await client.get(path, headers=headers)).json()):
                return
            await asyncio.sleep(0.2)


def secrets_of(platform: LaunchedPlatform) -> Path:
    return platform.clone / LINK_NAME / "secrets"


def ports_of(platform: LaunchedPlatform) -> dict[str, str]:
    return {
        port_variable(field.name): str(getattr(platform.ports, field.name))
        for field in fields(Ports)
    }
