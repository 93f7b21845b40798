"""Other services get tokens from auth for their secret: for a minute, and for the
services that they may call."""

import base64
import json

import httpx
import pytest
from jose import jwk
from jose.backends.base import Key

from auth.settings import AuthSettings
from services.auth.tests.service_under_test import TOURNAMENT_SECRET, Auth
from tests.fixtures.clients import refusal
from transcendence_common.identity import ALGORITHM, KeySource
from transcendence_common.jwks import JWKS_PATH
from transcendence_common.service_identity import ServiceTokens
from transcendence_common.service_token_source import NoServiceToken, ServiceTokenSource

ADDRESS = "/internal/service-tokens"
WANTED = {"grant_type": "client_credentials", "audience": "history"}


def basic(credentials: str | bytes) -> str:
    raw = credentials if isinstance(credentials, bytes) else credentials.encode()
    return f"Basic {base64.b64encode(raw).decode()}"


OURS = basic(f"tournament:{TOURNAMENT_SECRET}")


async def ask(auth: Auth, header: str | None = OURS, **changes: str) -> httpx.Response:
    headers = {} if header is None else {"Authorization": header}
    return await auth.client.post(ADDRESS, data={**WANTED, **changes}, headers=headers)


@pytest.fixture
def keys(auth: Auth) -> KeySource:
    """The keys as other services find them: in auth's key set."""
    return _KeySet(auth)


async def test_tournament_gets_a_token_that_history_accepts(
    auth: Auth, settings: AuthSettings, keys: KeySource
) -> None:
    answer = await ask(auth)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 60)
    tokens = ServiceTokens(keys, issuer=settings.token_issuer, audience="history")
    assert await tokens.verify(token["access_token"]) == "tournament"
    [logged] = auth.log.of("service-token")
    assert (logged["event.outcome"], logged["labels.client"]) == ("success", "tournament")
    [served] = [line for line in auth.log.of("request") if line["url.path"] == ADDRESS]
    assert (served["event.outcome"], "user.id" in served) == ("success", False)


STRANGERS = {
    "no credentials": None,
    "a wrong secret": basic(f"tournament:{TOURNAMENT_SECRET[:-1]}"),
    "no secret": basic("tournament:"),
    "a secret without a name": basic(f":{TOURNAMENT_SECRET}"),
    "another's name": basic(f"history:{TOURNAMENT_SECRET}"),
    "a name in capitals": basic(f"Tournament:{TOURNAMENT_SECRET}"),
    "no colon": basic(f"tournament{TOURNAMENT_SECRET}"),
    "other letters": basic("tournament:ünïcode"),
    "no text": basic(b"\xff:\xff"),
    "no base64": "Basic !!!",
    "nothing": "Basic ",
    "another scheme": f"Bearer {TOURNAMENT_SECRET}",
}


@pytest.mark.parametrize("header", STRANGERS.values(), ids=STRANGERS)
async def test_an_unknown_client_is_refused_and_logged(auth: Auth, header: str | None) -> None:
    answer = await ask(auth, header)
    assert refusal(answer) == (401, "unknown_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="services"'
    [logged] = auth.log.of("service-token")
    assert (logged["event.outcome"], logged["event.reason"]) == ("failure", "unknown_client")
    assert TOURNAMENT_SECRET[:-1] not in json.dumps(auth.log.events, default=str)


async def test_an_access_token_does_not_identify_a_service(auth: Auth) -> None:
    access_token = (await auth.signed_in())["access_token"]
    assert (await ask(auth, f"Bearer {access_token}")).status_code == 401


async def test_the_body_of_an_unknown_client_is_not_parsed(auth: Auth) -> None:
    assert (await auth.client.post(ADDRESS, content=b"{")).status_code == 401


@pytest.mark.parametrize("audience", ["tournament", "auth", "transcendence", "nobody"])
async def test_only_callees_in_the_table_are_allowed(auth: Auth, audience: str) -> None:
    answer = await ask(auth, audience=audience)
    assert refusal(answer) == (403, "audience_refused")
    [logged] = auth.log.of("service-token")
    assert (logged["event.reason"], logged["labels.client"]) == ("audience_refused", "tournament")


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": ""},
        {"audience": "his\ntory"},
        {"audience": "x" * 33},
        {"grant_type": "password"},
    ],
)
async def test_an_invalid_request_is_refused(auth: Auth, changes: dict[str, str]) -> None:
    answer = await ask(auth, **changes)
    assert refusal(answer) == (400, "invalid")


async def test_a_request_without_an_audience_or_as_json_is_refused(auth: Auth) -> None:
    headers = {"Authorization": OURS}
    for body in ({"data": {"grant_type": "client_credentials"}}, {"json": WANTED}, {}):
        answer = await auth.client.post(ADDRESS, headers=headers, **body)  # type: ignore[arg-type]
        assert answer.status_code == 400, body
    large = await auth.client.post(ADDRESS, headers=headers, content=b"x" * 2000)
    assert large.status_code in {400, 413}


async def test_the_address_is_in_no_document(auth: Auth) -> None:
    document = (await auth.get("/schema")).json()
    assert not [path for path in document["paths"] if path.startswith("/internal")]


async def test_other_addresses_accept_no_client_secret(auth: Auth) -> None:
    answer = await auth.client.post("/api/user/logout", json={}, headers={"Authorization": OURS})
    assert refusal(answer) == (401, "not_signed_in")


async def test_the_client_library_works_with_auth(
    auth: Auth, settings: AuthSettings, keys: KeySource
) -> None:
    source = ServiceTokenSource(auth.client, "tournament", TOURNAMENT_SECRET)
    tokens = ServiceTokens(keys, issuer=settings.token_issuer, audience="history")
    assert await tokens.verify(await source.token("history")) == "tournament"
    with pytest.raises(NoServiceToken, match="403"):
        await source.token("tournament")
    stranger = ServiceTokenSource(auth.client, "tournament", "x" * 32)
    with pytest.raises(NoServiceToken, match="401"):
        await stranger.token("history")


class _KeySet(KeySource):
    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    async def find(self, kid: str) -> Key | None:
        shown = (await self._auth.client.get(JWKS_PATH)).json()["keys"]
        return next((jwk.construct(key, ALGORITHM) for key in shown if key["kid"] == kid), None)
