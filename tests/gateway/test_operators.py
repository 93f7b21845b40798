"""Permissions for dashboards, metrics, alerts, logs and runbooks."""

from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.nginx import Services, running_gateway
from tests.gateway.operators import (
    PERSON,
    PROGRAM,
    ROOT,
    Watched,
    access,
    admin_token,
    cookies,
)
from tests.gateway.tokens import SigningKey

PLACES = ["/grafana/", "/kibana/app/home", "/prometheus/graph", "/alertmanager/", "/runbooks/"]


@pytest.fixture(scope="module")
def browser(watched: Watched) -> Iterator[httpx.Client]:
    with watched.gateway.client() as client:
        yield client


@pytest.fixture
def admin(key: SigningKey) -> dict[str, str]:
    return cookies(access(admin_token(key)))


@pytest.mark.parametrize("place", PLACES)
def test_an_administrator_has_access(
    browser: httpx.Client, admin: dict[str, str], place: str
) -> None:
    for method in ("GET", "HEAD"):
        for asked_by in (PERSON, PROGRAM):
            reply = browser.request(method, place, headers={**admin, **asked_by})
            assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("place", PLACES)
def test_a_program_may_send_the_token_in_a_header(
    browser: httpx.Client, key: SigningKey, place: str
) -> None:
    headers = {"Authorization": f"Bearer {admin_token(key)}"}
    assert browser.get(place, headers=headers).status_code == 200
    headers = {"Authorization": "Basic YTpi"}
    assert browser.get(place, headers=headers).status_code == 401


def test_the_header_takes_precedence_over_the_cookie(
    browser: httpx.Client, key: SigningKey
) -> None:
    """A remembered administrator's cookie does not give its role to another player's token."""
    both = {**cookies(access(admin_token(key))), "Authorization": f"Bearer {key.token()}"}
    for _ in range(2):
        assert browser.get("/prometheus/", headers=cookies(both["Cookie"])).status_code == 200
        assert browser.get("/prometheus/", headers=both).status_code == 403


@pytest.mark.parametrize("place", PLACES)
def test_an_anonymous_person_is_redirected_to_sign_in_and_back(
    browser: httpx.Client, watched: Watched, place: str
) -> None:
    asked = watched.asked()
    target = f"{place}?g0.expr=up%7Ba%3D%22b%22%7D&x=1"
    reply = browser.get(target, headers=PERSON)
    assert reply.status_code == 303
    there = httpx.URL(reply.headers["Location"])
    assert (there.host, there.path) == ("", "/sign-in")
    assert dict(there.params) == {"next": target}
    assert watched.asked() == asked


def test_a_too_long_return_address_loses_its_query(
    browser: httpx.Client,
) -> None:
    reply = browser.get(f"/prometheus/graph?g0.expr={'%7B' * 1000}", headers=PERSON)
    assert reply.headers["Location"] == "/sign-in?next=%2Fprometheus%2Fgraph"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", PROGRAM),
        ("GET", {}),
        ("GET", {"Sec-Fetch-Mode": "cors", "Accept": "text/html"}),
        ("HEAD", PROGRAM),
        ("POST", PERSON),
        ("DELETE", PROGRAM),
    ],
)
def test_a_program_without_a_token_gets_a_problem(
    browser: httpx.Client, place: str, method: str, headers: dict[str, str]
) -> None:
    reply = browser.request(method, place, headers=headers)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="transcendence"'
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        PERSON,
        {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        {"Sec-Fetch-Mode": "navigate", "Accept": "*/*"},
    ],
)
def test_an_old_browser_is_treated_as_a_person(
    browser: httpx.Client, headers: dict[str, str]
) -> None:
    assert browser.get("/grafana/", headers=headers).status_code == 303
    assert browser.head("/grafana/", headers=headers).status_code == 303


ROLES: dict[str, object] = {
    "a_player": ["player"],
    "no_role_yet": [],
    "no_roles": None,
    "roles_as_text": "admin",
    "another_spelling": ["Admin", "administrator"],
    "an_object": {"admin": True},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("roles", ROLES)
def test_a_player_without_the_role_is_refused(
    browser: httpx.Client, watched: Watched, key: SigningKey, place: str, roles: str
) -> None:
    asked = watched.asked()
    headers = cookies(access(key.token({"roles": ROLES[roles]})))
    for _ in range(2):  # The second request uses the remembered verification.
        page = browser.get(place, headers={**headers, **PERSON})
        assert page.status_code == 403
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "<h1>Staff only</h1>" in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        problem = browser.get(place, headers={**headers, **PROGRAM})
        assert problem.status_code == 403
        assert problem.json()["code"] == "forbidden"
        assert browser.post(place, headers={**headers, **PERSON}).json()["code"] == "forbidden"
    assert watched.asked() == asked


@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"iss": "elsewhere"}, {"sub": None}, {"aud": "history"}],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_with_invalid_claims_counts_as_none(
    browser: httpx.Client, key: SigningKey, claims: dict[str, object]
) -> None:
    headers = cookies(access(admin_token(key, **claims)))
    assert browser.get("/prometheus/", headers={**headers, **PERSON}).status_code == 303
    assert browser.get("/prometheus/", headers={**headers, **PROGRAM}).status_code == 401


def test_a_forged_token_counts_as_none(browser: httpx.Client, key: SigningKey) -> None:
    forged = cookies(access(admin_token(SigningKey(key.kid))))
    assert browser.get("/grafana/", headers={**forged, **PROGRAM}).status_code == 401


def test_no_token_is_judged_while_no_key_is_known(own_services: Services, key: SigningKey) -> None:
    own_services.auth.stop()
    with running_gateway(own_services) as gateway, gateway.client() as client:
        headers = cookies(access(admin_token(key)))
        page = client.get("/runbooks/", headers={**headers, **PERSON})
        assert page.status_code == 503
        assert "Out of play for a moment" in page.text
        problem = client.get("/runbooks/", headers={**headers, **PROGRAM})
        assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")
        assert client.get("/runbooks/", headers=PERSON).status_code == 303
    own_services.auth.start()


CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "{own}"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "null"},
    {"Origin": ""},
]
OWN_SITE = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Origin": "{own}"},
]


def sent_from(site: dict[str, str], watched: Watched) -> dict[str, str]:
    return {name: value.format(own=watched.gateway.url) for name, value in site.items()}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("site", CROSS_SITE, ids=str)
def test_a_cross_site_request_is_refused(
    browser: httpx.Client,
    watched: Watched,
    admin: dict[str, str],
    site: dict[str, str],
    method: str,
) -> None:
    asked = watched.asked()
    for place in (
        *("/prometheus/api/v1/query", "/alertmanager/api/v2/silences"),
        *("/grafana/api/x", "/kibana/internal/search/ese"),
    ):
        headers = {**admin, **sent_from(site, watched)}
        reply = browser.request(method, place, headers=headers)
        assert reply.status_code == 403
        assert "another site" in reply.json()["detail"]
    assert watched.asked() == asked


@pytest.mark.parametrize("site", OWN_SITE, ids=str)
def test_a_same_site_request_is_accepted(
    browser: httpx.Client, watched: Watched, admin: dict[str, str], site: dict[str, str]
) -> None:
    headers = {**admin, **sent_from(site, watched)}
    place = "/alertmanager/api/v2/silences"
    assert browser.post(place, headers=headers, content=b"{}").status_code == 200
    assert (watched.alertmanager.last.method, watched.alertmanager.last.body) == ("POST", b"{}")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_cross_site_link_may_be_followed(
    browser: httpx.Client, admin: dict[str, str], method: str
) -> None:
    headers = {**admin, "Sec-Fetch-Site": "cross-site"}
    assert browser.request(method, "/grafana/d/services", headers=headers).status_code == 200


def test_the_access_log_names_the_administrator(
    watched: Watched, browser: httpx.Client, admin: dict[str, str]
) -> None:
    browser.get("/prometheus/logged", headers=admin)
    (line,) = watched.gateway.log_lines(lambda line: line["url"]["path"] == "/prometheus/logged")
    assert line["user"] == {"id": ROOT}
