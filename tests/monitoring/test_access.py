"""Access to the operators' addresses of a running platform."""

import asyncio
import re
from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.fixtures.launched import LaunchedPlatform
from tests.platform.players import Account, client_at, register, signed_in

pytestmark = pytest.mark.thorough

PERSON = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html,*/*;q=0.8"}
OPERATORS_ADDRESSES = [
    "/prometheus/api/v1/status/buildinfo",
    "/alertmanager/api/v2/status",
    "/runbooks/",
    "/runbooks/ServiceDown.md",
]
# Grafana does not run natively: administrators are told so, and others are refused before that.
DASHBOARDS = "/grafana/d/services/services"


@pytest.fixture(scope="module")
async def client(watched: LaunchedPlatform) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_at(watched.url) as client:
        yield client


@pytest.fixture(scope="module")
async def player(client: httpx.AsyncClient) -> Account:
    return await register(client)


@pytest.fixture(scope="module")
async def administrator(watched: LaunchedPlatform, client: httpx.AsyncClient) -> Account:
    account = await register(client)
    done = await asyncio.to_thread(watched.set_admin, account.username)
    assert done.returncode == 0, done.stderr
    return await signed_in(client, account.username)


@pytest.mark.parametrize("path", [*OPERATORS_ADDRESSES, DASHBOARDS])
async def test_an_anonymous_person_is_redirected_to_sign_in_and_back(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers=PERSON)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path.replace('/', '%2F')}"
    assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize("path", [*OPERATORS_ADDRESSES, DASHBOARDS])
async def test_a_player_is_refused(client: httpx.AsyncClient, player: Account, path: str) -> None:
    for headers in (PERSON, {}):
        answer = await client.get(path, headers={**headers, **cookie_of(player)})
        assert answer.status_code == 403


@pytest.mark.parametrize("path", OPERATORS_ADDRESSES)
async def test_an_administrator_has_access(
    client: httpx.AsyncClient, administrator: Account, path: str
) -> None:
    for headers in (PERSON, {}):
        answer = await client.get(path, headers={**headers, **cookie_of(administrator)})
        assert answer.status_code == 200, answer.text


async def test_an_administrator_reads_a_runbook_as_a_page(
    client: httpx.AsyncClient, administrator: Account
) -> None:
    answer = await client.get("/runbooks/ServiceDown.md", headers=cookie_of(administrator))
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>ServiceDown</h1>" in answer.text
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', answer.text)
    assert (await client.get(sheet)).status_code == 200


async def test_an_administrator_is_told_how_to_start_dashboards(
    client: httpx.AsyncClient, administrator: Account
) -> None:
    answer = await client.get(DASHBOARDS, headers={**PERSON, **cookie_of(administrator)})
    assert answer.status_code == 503
    assert "docker compose --profile monitoring up -d" in answer.text


async def test_an_administrator_can_silence_an_alert(
    client: httpx.AsyncClient, administrator: Account
) -> None:
    silence = {
        "matchers": [{"name": "alertname", "value": "Nothing", "isRegex": False}],
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2126-01-01T00:00:00Z",
        "createdBy": administrator.username,
        "comment": "tried",
    }
    path = "/alertmanager/api/v2/silences"
    foreign = {**cookie_of(administrator), "Sec-Fetch-Site": "cross-site"}
    assert (await client.post(path, json=silence, headers=foreign)).status_code == 403
    answer = await client.post(path, json=silence, headers=cookie_of(administrator))
    assert answer.status_code == 200, answer.text


def cookie_of(account: Account) -> dict[str, str]:
    return {"Cookie": f"__Host-access={account.access_token}"}
