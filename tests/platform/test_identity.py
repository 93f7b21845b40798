"""Authentication with the real gateway, the real keys and the real services."""

import time
from uuid import uuid4

import httpx
import pytest
from jose import jwt

from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client, register

ME = "/api/user/me"


@pytest.fixture
async def player(client: httpx.AsyncClient) -> Account:
    return await register(client)


async def test_a_token_identifies_its_player(player: Account) -> None:
    answer = await player.client.get(ME, headers=player.headers)
    assert answer.json()["username"] == player.username


@pytest.mark.parametrize("path", [ME, "/api/history/matches", "/api/tournament/queue"])
async def test_a_request_without_a_token_is_refused_by_the_gateway(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_signed_by_another_key_is_refused_everywhere(
    platform: Platform, player: Account
) -> None:
    kid = jwt.get_unverified_header(player.access_token)["kid"]
    forger = SigningKey(kid)
    forged = Person(player.username, forger).token
    await refused_everywhere(platform, player, forged)


async def test_an_expired_token_is_refused_everywhere(platform: Platform, player: Account) -> None:
    claims = jwt.get_unverified_claims(player.access_token)
    kid = jwt.get_unverified_header(player.access_token)["kid"]
    expired = SigningKey(kid).sign({**claims, "exp": int(time.time()) - 1})
    await refused_everywhere(platform, player, expired)


async def refused_everywhere(platform: Platform, player: Account, token: str) -> None:
    """Check that the gateway refuses the token, and each service, too,
    if the gateway is bypassed."""
    headers = {"Authorization": f"Bearer {token}"}
    assert (await player.client.get(ME, headers=headers)).status_code == 401
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as inside:
        for service, path in (("auth", ME), ("history", "/api/history/matches")):
            answer = await inside.get(platform.service_url(service) + path, headers=headers)
            assert (service, answer.status_code) == (service, 401)


async def test_a_cookie_counts_as_a_token(platform: Platform, player: Account) -> None:
    async with gateway_client(platform) as browser:
        browser.cookies.set("__Host-access", player.access_token)
        answer = await browser.get(ME)
    assert answer.json()["username"] == player.username


async def test_another_site_cannot_use_the_cookie(platform: Platform, player: Account) -> None:
    async with gateway_client(platform) as browser:
        browser.cookies.set("__Host-access", player.access_token)
        answer = await browser.post(
            "/api/history/tickets",
            json={"mode": "local", "points": 3, "opponent_name": "Bob"},
            headers={"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"},
        )
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


async def test_identity_headers_of_a_client_are_ignored(client: httpx.AsyncClient) -> None:
    answer = await client.get(ME, headers={"X-User-Id": str(uuid4()), "X-Webauth-User": "admin"})
    assert answer.status_code == 401


async def test_signed_in_players_can_continue_while_auth_hangs(
    platform: Platform, player: Account
) -> None:
    with platform.frozen("auth"):
        answer = await player.client.get("/api/history/matches", headers=player.headers)
        assert answer.status_code == 200
        page = await player.client.get("/")
        assert page.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/health/ready", "/watchman/", "/internal/anything", "/api/user/../metrics"],
)
async def test_internal_addresses_are_not_reachable_through_the_gateway(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"[" * 10_000, {}),
        (b'{"refresh_token": "\xff"}', {}),
        (b'{"refresh_token": 1e400}', {}),
        (b"{}", {"Origin": "https://[nowhere"}),
    ],
)
async def test_a_malformed_request_is_a_client_error(
    client: httpx.AsyncClient, body: bytes, headers: dict[str, str]
) -> None:
    answer = await client.post("/api/user/refresh", content=body, headers=headers)
    assert answer.status_code in {400, 403}
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_slash_at_the_end_reaches_the_same_address(client: httpx.AsyncClient) -> None:
    """Services ignore the slash, so the gateway's budgets and open addresses, which
    depend on the path, must, too."""
    answer = await client.post("/api/user/login/", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
