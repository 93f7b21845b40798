"""The role of administrator, which is granted and revoked on the machine of the platform."""

import asyncio

import httpx
import pytest

from tests.fixtures.platform import Platform
from tests.platform.players import PASSWORD, register


async def test_the_role_of_administrator_can_be_granted_and_revoked(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    player = await register(client)
    for revoke, expected in ((False, True), (True, False)):
        ended = await asyncio.to_thread(platform.set_admin, player.username, revoke=revoke)
        assert ended.returncode == 0, ended.stderr
        assert ("admin" in await roles_of(client, player.username)) is expected


@pytest.mark.thorough
async def test_an_unknown_name_is_reported(platform: Platform) -> None:
    ended = await asyncio.to_thread(platform.set_admin, "nobody-at-all")
    assert ended.returncode != 0
    assert "There is no account nobody-at-all" in ended.stderr


async def roles_of(client: httpx.AsyncClient, username: str) -> list[str]:
    """Return the roles of a new session, since a token keeps the roles that it was issued with."""
    signed_in = await client.post(
        "/api/user/login", json={"username": username, "password": PASSWORD}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    answer = await client.get("/api/user/me", headers=headers)
    roles: list[str] = answer.json()["roles"]
    return roles
