"""What a person gets by mail, sent by the real auth through real SMTP."""

import httpx

from tests.fixtures.mail import arrived
from tests.fixtures.platform import Platform
from tests.platform.players import register


async def test_who_registers_gets_a_link_that_proves_the_address(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    player = await register(client)
    mail = await arrived(platform, f"{player.username}@example.org", "")
    assert f"{platform.url}/verify?token=" in mail.text
    token = mail.token_for("/verify")
    answer = await client.post("/api/user/email/verification", json={"token": token})
    assert (answer.status_code, answer.json()) == (200, {"username": player.username})
