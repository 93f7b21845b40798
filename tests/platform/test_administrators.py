"""Who runs the place is said by whoever runs the machine."""

import asyncio

import httpx
import pytest

from tests.fixtures.platform import Platform
from tests.platform.players import PASSWORD, register


async def test_an_administrator_is_made_and_is_one_no_more(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    player = await register(client)
    for revoke, expected in ((False, True), (True, False)):
        ended = await asyncio.to_thread(platform.set_admin, player.username, revoke=revoke)
        assert ended.returncode == 0, ended.stderr
        assert ("admin" in await roles_of(client, player.username)) is expected


@pytest.mark.thorough
async def test_a_name_that_nobody_has_is_said(platform: Platform) -> None:
    ended = await asyncio.to_thread(platform.set_admin, "nobody-at-all")
    assert ended.returncode != 0
    assert "There is no account nobody-at-all" in ended.stderr


async def roles_of(client: httpx.AsyncClient, username: str) -> list[str]:
    """As a new session has them: a token keeps the roles that it was made with."""
    signed_in = await client.post(
        "/api/user/login", json={"username": username, "password": PASSWORD}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    answer = await client.get("/api/user/me", headers=headers)
    roles: list[str] = answer.json()["roles"]
    return roles
