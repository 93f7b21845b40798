"""Mails of the real auth, sent through real SMTP."""

import asyncio
import subprocess
from pathlib import Path

import httpx
import pytest

from launcher.state_folder import LINK_NAME
from tests.fixtures.launched import POLL_SECONDS, LaunchedPlatform
from tests.fixtures.mail import arrived
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.platform import Platform
from tests.platform.players import register


async def test_registering_sends_a_link_that_verifies_the_address(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    player = await register(client)
    mail = await arrived(platform, f"{player.username}@example.org", "")
    assert f"{platform.url}/verify?token=" in mail.text
    token = mail.token_for("/verify")
    answer = await client.post("/api/user/email/verification", json={"token": token})
    assert (answer.status_code, answer.json()) == (200, {"username": player.username})


async def test_a_link_is_printed_on_the_terminal_and_stored_in_no_file(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    if not isinstance(platform, LaunchedPlatform):
        pytest.skip("containers have Mailpit, which shows nothing on a terminal")
    player = await register(client)
    mail = await arrived(platform, f"{player.username}@example.org", "")
    token = mail.token_for("/verify")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(token in line for line in platform.output):  # noqa: ASYNC110 - no event
            await asyncio.sleep(POLL_SECONDS)
    state = platform.clone / LINK_NAME
    assert files_with(player.username, state)
    assert files_with(token, state) == []


def files_with(text: str, folder: Path) -> list[str]:
    command = ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings"]
    found = subprocess.run(
        [*command, text, f"{folder}/"], capture_output=True, text=True, check=False
    )
    return found.stdout.splitlines()
