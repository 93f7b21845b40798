import json
import time
from collections.abc import Callable

import httpx
import pytest
from jose import jwt

from tests.gateway.nginx import Gateway, Services
from tests.gateway.tokens import ALICE, SigningKey, encode, good_claims

pytestmark = pytest.mark.image

PROTECTED = "/api/history/matches"
OPEN = "/api/history/leaderboard"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"theme=dark; __Host-access={token}; __Host-refresh=r"}


def resigned(key: SigningKey, alter: Callable[[list[str]], list[str]]) -> str:
    return ".".join(alter(key.token().split(".")))


BAD_TOKENS: dict[str, Callable[[SigningKey], str]] = {
    "signed_by_another_key_of_the_same_name": lambda key: SigningKey(key.kid).token(),
    "unknown_key": lambda _: SigningKey("nobody").token(),
    "no_kid": lambda key: key.token(header={"kid": None}),
    "kid_that_is_no_string": lambda key: key.token(header={"kid": 1}),
    "alg_none": lambda key: key.token(header={"alg": "none"}),
    "alg_none_unsigned": lambda key: resigned(key, lambda p: [*p[:2], ""]),
    "alg_hs256": lambda key: jwt.encode(
        good_claims(), json.dumps(key.jwk()), "HS256", headers={"kid": key.kid}
    ),
    "alg_es384": lambda key: key.token(header={"alg": "ES384"}),
    "critical_extension": lambda key: key.token(header={"crit": ["b64"]}),
    "expired": lambda key: key.token({"exp": good_claims()["iat"]}),
    "no_exp": lambda key: key.token({"exp": None}),
    "exp_as_text": lambda key: key.token({"exp": str(good_claims()["exp"])}),
    "made_in_the_future": lambda key: key.token({"iat": int(time.time()) + 3600}),
    "no_iat": lambda key: key.token({"iat": None}),
    "iat_as_text": lambda key: key.token({"iat": "0"}),
    "not_yet_valid": lambda key: key.token({"nbf": 4102444800}),
    "nbf_as_text": lambda key: key.token({"nbf": "0"}),
    "other_issuer": lambda key: key.token({"iss": "elsewhere"}),
    "no_issuer": lambda key: key.token({"iss": None}),
    "other_audience": lambda key: key.token({"aud": "history"}),
    "audience_list_without_us": lambda key: key.token({"aud": ["history", "auth"]}),
    "no_audience": lambda key: key.token({"aud": None}),
    "no_subject": lambda key: key.token({"sub": None}),
    "empty_subject": lambda key: key.token({"sub": ""}),
    "subject_that_is_no_string": lambda key: key.token({"sub": 7}),
    "changed_claims": lambda key: resigned(
        key, lambda p: [p[0], encode(json.dumps({**good_claims(), "sub": "x"}).encode()), p[2]]
    ),
    "signature_of_63_bytes": lambda key: resigned(key, lambda p: [*p[:2], encode(bytes(63))]),
    "signature_of_zeros": lambda key: resigned(key, lambda p: [*p[:2], encode(bytes(64))]),
    "signature_out_of_range": lambda key: resigned(key, lambda p: [*p[:2], encode(b"\xff" * 64)]),
    "two_parts": lambda key: resigned(key, lambda p: p[:2]),
    "four_parts": lambda key: resigned(key, lambda p: [*p, "e30"]),
    "header_that_is_no_json": lambda key: resigned(key, lambda p: ["AAAA", *p[1:]]),
    "claims_that_are_a_list": lambda key: resigned(key, lambda p: [p[0], "W10", p[2]]),
    "claims_that_are_null": lambda key: resigned(key, lambda p: [p[0], "bnVsbA", p[2]]),
    "padding": lambda key: key.token() + "=",
    "words": lambda _: "not-a-token",
    "very_long": lambda key: key.token({"name": "x" * 5000}),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_refused_at_the_gateway(
    client: httpx.Client, services: Services, key: SigningKey, kind: str
) -> None:
    asked = len(services.history.seen)
    for path in (PROTECTED, OPEN):
        reply = client.get(path, headers=bearer(BAD_TOKENS[kind](key)))
        assert reply.status_code == 401, path
        assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == "not_signed_in"
        assert reply.json()["status"] == 401
    assert len(services.history.seen) == asked


def test_a_missing_token_gets_a_challenge_without_an_error(client: httpx.Client) -> None:
    reply = client.get(PROTECTED)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="transcendence"'


def test_another_scheme_does_not_count_as_a_token(client: httpx.Client) -> None:
    assert client.get(PROTECTED, headers={"Authorization": "Basic YTpi"}).status_code == 401
    assert client.get(PROTECTED, headers={"Authorization": "Bearer"}).status_code == 401


def test_a_good_token_is_passed_on_unchanged(
    client: httpx.Client, services: Services, key: SigningKey
) -> None:
    token = key.token()
    for _ in range(2):  # The second request uses the remembered verification.
        assert client.get(PROTECTED, headers=bearer(token)).status_code == 200
        assert services.history.last.one("authorization") == f"Bearer {token}"


def test_a_token_of_auths_jwt_library_passes(client: httpx.Client, key: SigningKey) -> None:
    token = jwt.encode(good_claims(), key.pem(), "ES256", headers={"kid": key.kid})
    assert client.get(PROTECTED, headers=bearer(token)).status_code == 200


def test_a_token_issued_slightly_in_the_future_passes(
    client: httpx.Client, key: SigningKey
) -> None:
    token = key.token({"iat": time.time() + 4})
    assert client.get(PROTECTED, headers=bearer(token)).status_code == 200


def test_the_audience_may_be_a_list(client: httpx.Client, key: SigningKey) -> None:
    token = key.token({"aud": ["other", "transcendence"]})
    assert client.get(PROTECTED, headers=bearer(token)).status_code == 200


def test_a_remembered_token_expires_in_time(client: httpx.Client, key: SigningKey) -> None:
    expiry = float(str(good_claims()["iat"])) + 2
    token = key.token({"exp": expiry})
    statuses = [client.get(PROTECTED, headers=bearer(token)).status_code]
    deadline = expiry + 1
    while time.time() < deadline and statuses[-1] == 200:
        statuses.append(client.get(PROTECTED, headers=bearer(token)).status_code)
    assert statuses[0] == 200
    assert statuses[-1] == 401
    assert time.time() >= expiry


def test_the_access_cookie_becomes_the_authorization_header(
    client: httpx.Client, services: Services, key: SigningKey
) -> None:
    token = key.token()
    assert client.get(PROTECTED, headers=cookie(token)).status_code == 200
    assert services.history.last.one("authorization") == f"Bearer {token}"


def test_services_receive_no_cookies(
    client: httpx.Client, services: Services, key: SigningKey
) -> None:
    client.get(PROTECTED, headers=cookie(key.token()))
    assert services.history.last.all("cookie") == []


def test_the_header_takes_precedence_over_the_cookie(
    client: httpx.Client, services: Services, key: SigningKey
) -> None:
    ours, theirs = key.token(), key.token({"sub": "someone-else"})
    client.get(PROTECTED, headers={**bearer(ours), **cookie(theirs)})
    assert services.history.last.one("authorization") == f"Bearer {ours}"
    reply = client.get(PROTECTED, headers={**bearer("bad"), **cookie(theirs)})
    assert reply.status_code == 401


@pytest.mark.parametrize("name", ["__host-access", "x__Host-access", "__Host-accessory"])
def test_only_the_exact_cookie_name_counts(
    client: httpx.Client, key: SigningKey, name: str
) -> None:
    reply = client.get(PROTECTED, headers={"Cookie": f"{name}={key.token()}"})
    assert reply.status_code == 401


def test_two_authorization_headers_are_refused(gateway: Gateway, key: SigningKey) -> None:
    line = f"Authorization: Bearer {key.token()}\r\n"
    request = (
        f"GET {PROTECTED} HTTP/1.1\r\nHost: localhost\r\n{line}{line}Connection: close\r\n\r\n"
    )
    assert gateway.raw(request.encode()).startswith(b"HTTP/1.1 400 ")


OPEN_ADDRESSES = [
    ("POST", "/api/user/register"),
    ("POST", "/api/user/login"),
    ("POST", "/api/user/login/"),
    ("POST", "/api/user/login/two-factor"),
    ("POST", "/api/user/login/passkey"),
    ("POST", "/api/user/login/passkey/options"),
    ("POST", "/api/user/email/verification"),
    ("POST", "/api/user/email/change"),
    ("POST", "/api/user/password/resets"),
    ("POST", "/api/user/password/reset-requests/"),
    ("POST", "/api/user/oauth/github/start"),
    ("POST", "/api/user/oauth/42/start"),
    ("POST", "/api/user/oauth/finish"),
    ("GET", "/api/user/oauth/providers"),
    ("POST", "/api/user/refresh"),
    ("POST", "/api/user/logout"),
    ("GET", "/api/user/.well-known/jwks.json"),
    ("GET", "/api/user/players/alice"),
    ("GET", "/api/history/matches/0190a1b2-0000-7000-8000-000000000001"),
    ("GET", "/api/history/matches/0190a1b2-0000-7000-8000-000000000001/replay"),
    ("GET", "/api/history/players/0190a1b2-0000-7000-8000-000000000001/stats"),
    ("GET", "/api/history/leaderboard"),
    ("GET", "/api/history/leaderboard?limit=5"),
    ("GET", "/api/tournament/matches"),
    ("GET", "/api/tournament/matches?limit=5"),
    ("GET", "/api/tournament/matches/0190a1b2-0000-7000-8000-000000000001"),
    ("GET", "/api/tournament/matches/0190a1b2-0000-7000-8000-000000000001/watch"),
    ("GET", "/api/tournament/tournaments"),
    ("GET", "/api/tournament/tournaments?show=running"),
    ("GET", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001"),
    ("GET", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001/entries"),
    ("GET", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001/bracket"),
    ("GET", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001/audit"),
    ("GET", "/api/tournament/players/0190a1b2-0000-7000-8000-000000000001/placings"),
    ("GET", "/api/tournament/schema"),
    ("GET", "/api/user/schema/openapi.json"),
]


@pytest.mark.parametrize(("method", "path"), OPEN_ADDRESSES)
def test_an_open_address_needs_no_token(
    client: httpx.Client, services: Services, signed_in: dict[str, str], method: str, path: str
) -> None:
    service = {"user": services.auth, "history": services.history}.get(
        path.split("/")[2], services.tournament
    )
    assert client.request(method, path).status_code == 200
    assert service.last.all("authorization") == []
    assert client.request(method, path, headers=signed_in).status_code == 200
    assert service.last.one("authorization") == signed_in["Authorization"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/user/login"),
        ("GET", "/api/user/me"),
        ("PUT", "/api/user/players/alice"),
        ("GET", "/api/user/players"),
        ("POST", "/api/user/email/verification/resend"),
        ("DELETE", "/api/user/email/change"),
        ("PUT", "/api/user/password"),
        ("POST", "/api/user/sessions/confirmation"),
        ("POST", "/api/user/sessions/confirmation/passkey/options"),
        ("POST", "/api/user/passkeys/options"),
        ("GET", "/api/user/oauth/identities"),
        ("POST", "/api/user/oauth/providers"),
        ("GET", "/api/user/oauth/github/start"),
        ("PUT", "/api/user/profile/avatar"),
        ("GET", "/api/user/avatars"),
        ("DELETE", "/api/user/avatars/0f1e/64.webp"),
        ("GET", "/api/user/friends"),
        ("GET", "/api/user/export"),
        ("POST", "/api/history/matches"),
        ("DELETE", "/api/history/matches/0190a1b2-0000-7000-8000-000000000001"),
        ("GET", "/api/history/matches/0190a1b2-0000-7000-8000-000000000001/inputs"),
        ("POST", "/api/history/tickets"),
        ("POST", "/api/tournament/tournaments"),
        ("PATCH", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001"),
        ("POST", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001/start"),
        ("POST", "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001/entries"),
        (
            "POST",
            "/api/tournament/tournaments/0190a1b2-0000-7000-8000-000000000001/pairings/1/ready",
        ),
        ("GET", "/api/tournament/matches/0190a1b2-0000-7000-8000-000000000001/play"),
        ("POST", "/api/tournament/matches"),
        ("OPTIONS", "/api/user/me"),
    ],
)
def test_every_other_address_needs_a_token(
    client: httpx.Client, signed_in: dict[str, str], method: str, path: str
) -> None:
    assert client.request(method, path).status_code == 401
    assert client.request(method, path, headers=signed_in).status_code == 200


@pytest.mark.parametrize("kind", [None, "expired", "words"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_avatars_are_served_whatever_token_is_sent(
    client: httpx.Client, services: Services, key: SigningKey, method: str, kind: str | None
) -> None:
    token = BAD_TOKENS[kind](key) if kind else key.token()
    path = "/api/user/avatars/0f1e/64.webp"
    assert client.request(method, path, headers=cookie(token)).status_code == 200
    assert services.auth.last.all("authorization") == []
    assert services.auth.last.all("cookie") == []


def test_a_page_receives_a_good_cookie_as_a_header(
    client: httpx.Client, services: Services, key: SigningKey
) -> None:
    token = key.token()
    client.get("/history", headers=cookie(token))
    assert services.ui.last.one("authorization") == f"Bearer {token}"
    assert services.ui.last.one("cookie") == cookie(token)["Cookie"]


@pytest.mark.parametrize("kind", ["expired", "signed_by_another_key_of_the_same_name", "words"])
def test_ui_receives_a_bad_cookie_unchanged(
    client: httpx.Client, services: Services, key: SigningKey, kind: str
) -> None:
    headers = cookie(BAD_TOKENS[kind](key))
    assert client.get("/history", headers=headers).status_code == 200
    assert services.ui.last.all("authorization") == []
    assert services.ui.last.one("cookie") == headers["Cookie"]


def test_a_bad_header_is_not_passed_on_to_a_page(client: httpx.Client, services: Services) -> None:
    assert client.get("/", headers=bearer("bad")).status_code == 200
    assert services.ui.last.all("authorization") == []


CLAIMED = {
    "X-Request-ID": "mine",
    "X-User-Id": "admin",
    "X-Webauth-User": "admin",
    "X-WEBAUTH-ROLE": "Admin",
    "X-Forwarded-For": "10.9.8.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-User": "admin",
    "X-Real-IP": "10.9.8.7",
    "X-Client-IP": "10.9.8.7",
    "Forwarded": "for=10.9.8.7",
    "X-Original-URL": "/internal/x",
    "X-JWT-Assertion": "x",
    "Proxy": "http://evil.example",
}


@pytest.mark.parametrize("path", ["/", PROTECTED, "/api/user/me", "/api/tournament/x/events"])
def test_identity_headers_of_a_client_are_not_passed_on(
    gateway: Gateway, services: Services, signed_in: dict[str, str], path: str
) -> None:
    with (
        gateway.client() as client,
        client.stream("GET", path, headers={**CLAIMED, **signed_in}) as reply,
    ):
        request_id = reply.headers["X-Request-ID"]
    service = next(
        s for s in vars(services).values() if s.seen and s.last.one("x-request-id") == request_id
    )
    seen = service.last
    assert len(request_id) == 32
    expected = {
        "X-Request-ID": request_id,
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "X-Forwarded-Host": f"localhost:{gateway.https_port}",
        "X-Forwarded-Proto": "https",
    }
    assert {name: seen.one(name) for name in CLAIMED} == {
        name: expected.get(name) for name in CLAIMED
    }
    assert seen.one("host") == f"localhost:{gateway.https_port}"


def test_the_access_log_has_the_verified_subject_but_no_token(
    gateway: Gateway, client: httpx.Client, key: SigningKey
) -> None:
    user = {"id": "0190a1b2-0000-7000-8000-0000000010c5"}
    token = key.token({"sub": user["id"]})
    for _ in range(2):
        client.get("/api/user/me", headers=bearer(token))
    client.get("/api/user/me", headers=bearer(token[:-8] + "AAAAAAAA"))
    assert len(gateway.log_lines(lambda line: line["user"] == user, count=2)) == 2
    assert token[:40] not in gateway.log_text()


def test_an_unverified_subject_is_not_logged(gateway: Gateway, client: httpx.Client) -> None:
    reply = client.get(PROTECTED, headers=bearer(SigningKey("first").token()))
    request_id = reply.headers["X-Request-ID"]
    (line,) = gateway.log_lines(lambda line: request_id in json.dumps(line))
    assert line["user"] == {"id": ""}
    assert ALICE not in json.dumps(line)
