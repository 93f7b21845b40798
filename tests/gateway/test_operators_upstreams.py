"""The requests that monitoring receives, and those that it never receives."""

from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.nginx import Services, running_gateway, wait_for
from tests.gateway.operators import (
    DEVICE,
    PERSON,
    PROGRAM,
    ROOT,
    Watched,
    access,
    admin_token,
    cookies,
)
from tests.gateway.tokens import SigningKey
from tests.gateway.upstream import FakeService

MONITORING = ["/grafana/", "/prometheus/", "/alertmanager/"]
WATCHING = [*MONITORING, "/kibana/"]
MEGABYTE = 1 << 20
# A page of Grafana requests this many files at once.
FILES = 150


@pytest.fixture(scope="module")
def browser(watched: Watched, key: SigningKey) -> Iterator[httpx.Client]:
    """An administrator's browser."""
    with watched.gateway.client() as client:
        client.headers.update(cookies(access(admin_token(key)), "grafana_session=s", DEVICE))
        yield client


@pytest.mark.parametrize(
    ("place", "program", "target"),
    [
        ("/prometheus/", "prometheus", "/"),
        ("/prometheus/api/v1/query?query=a%7Bb%3D%22c%20d%22%7D", "prometheus", None),
        ("/prometheus/api/v1/label/caf%C3%A9%20x/values", "prometheus", None),
        ("/prometheus/metrics-explorer", "prometheus", "/metrics-explorer"),
        ("/prometheus/50%25", "prometheus", "/50%25"),
        ("/alertmanager/", "alertmanager", "/"),
        ("/alertmanager/api/v2/alerts?active=true", "alertmanager", "/api/v2/alerts?active=true"),
        ("/grafana/", "grafana", "/grafana/"),
        (
            "/grafana/d/services?var-service=a%2Fb",
            "grafana",
            "/grafana/d/services?var-service=a%2Fb",
        ),
        ("/grafana/api/health", "grafana", "/grafana/api/health"),
        ("/kibana/", "kibana", "/kibana/"),
        (
            "/kibana/app/discover?a=%2Fb%20c#/view/x",
            "kibana",
            "/kibana/app/discover?a=%2Fb%20c",
        ),
    ],
)
def test_each_program_receives_the_address_that_it_expects(
    watched: Watched, browser: httpx.Client, place: str, program: str, target: str | None
) -> None:
    assert browser.get(place).status_code == 200
    seen = vars(watched)[program].last
    assert seen.target == (target or place.removeprefix("/prometheus"))
    assert seen.one("host") == f"localhost:{watched.gateway.https_port}"


@pytest.mark.parametrize("program", ["prometheus", "alertmanager"])
@pytest.mark.parametrize("prefix", ["", "/{program}"])
def test_redirects_of_a_program_lead_behind_the_gateway(
    watched: Watched, browser: httpx.Client, program: str, prefix: str
) -> None:
    asked: FakeService = vars(watched)[program]
    asked.answer_headers = [("location", f"{prefix.format(program=program)}/graph/?g0.expr=up")]
    reply = browser.get(f"/{program}/graph?g0.expr=up")
    asked.answer_headers = []
    assert reply.headers["Location"] == f"/{program}/graph/?g0.expr=up"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_address_without_its_slash_redirects_to_the_one_with_it(
    browser: httpx.Client, method: str
) -> None:
    for place in (*WATCHING, "/runbooks/"):
        reply = browser.request(method, f"{place.rstrip('/')}?a=b")
        assert (reply.status_code, reply.headers["Location"]) == (308, f"{place}?a=b")


NEVER = [
    "/prometheus/-/reload",
    "/prometheus/-/quit",
    "/prometheus/-/healthy",
    "/prometheus/%2d/quit",
    "/prometheus/-",
    "/prometheus/metrics",
    "/prometheus/metrics/",
    "/prometheus/%6Detrics",
    "/prometheus/debug/pprof/heap",
    "/prometheus/debug",
    "/prometheus/api/v1/admin/tsdb/delete_series?match[]=up",
    "/prometheus/api/v2/admin/tsdb/snapshot",
    "/alertmanager/-/reload",
    "/alertmanager/metrics",
    "/alertmanager/debug/pprof/",
    "/grafana/metrics",
    "/grafana/metrics/",
    "/kibana/api/console/proxy?path=_security/user/_password&method=POST",
    "/kibana/api/%63onsole/proxy",
    "/kibana/s/default/api/console/proxy/",
    "/kibana/api/console",
]


@pytest.mark.parametrize("place", NEVER)
def test_dangerous_addresses_of_the_programs_are_not_routed(
    watched: Watched, browser: httpx.Client, place: str
) -> None:
    asked = watched.asked()
    for method in ("GET", "POST", "PUT"):
        reply = browser.request(method, place)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert watched.asked() == asked


@pytest.mark.parametrize(
    "place",
    [
        "/prometheus//-/quit",
        "/prometheus/x/../-/quit",
        "/prometheus/x/%2e%2e/-/quit",
        "/prometheus/%2f-/quit",
        "/prometheus/-%2fquit",
        "/prometheus/%0a/-/quit",
    ],
)
def test_dangerous_addresses_cannot_be_reached_by_ambiguous_paths(
    watched: Watched, place: str, key: SigningKey
) -> None:
    asked = watched.asked()
    cookie = access(admin_token(key))
    request = f"GET {place} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    assert watched.gateway.raw(request.encode()).startswith(b"HTTP/1.1 400 ")
    assert watched.asked() == asked


FORGED = {
    "X-Webauth-User": "mallory",
    "X-WEBAUTH-NAME": "Mallory",
    "X-Webauth-Role": "GrafanaAdmin",
    "X-Webauth-Email": "m@evil.example",
    "X-Webauth-Groups": "staff",
    "X-JWT-Assertion": "x",
    "X-Forwarded-User": "mallory",
    "X-Forwarded-For": "10.9.8.7",
    "X-Forwarded-Host": "evil.example",
    "X-Device": "d",
}


def test_only_the_gateway_tells_grafana_who_the_user_is(
    watched: Watched, browser: httpx.Client
) -> None:
    for forged in ({}, FORGED):
        assert browser.get("/grafana/", headers=forged).status_code == 200
        seen = watched.grafana.last
        assert seen.one("x-webauth-user") == ROOT
        assert seen.one("x-webauth-name") == "root"
        assert seen.one("x-webauth-role") == "Admin"
        for name in ("x-webauth-email", "x-webauth-groups", "x-jwt-assertion", "x-forwarded-user"):
            assert seen.all(name) == []


def test_headers_with_underscores_are_dropped(watched: Watched, browser: httpx.Client) -> None:
    """Go's servers treat such a name as different from one with dashes,
    other servers as the same."""
    browser.get("/grafana/", headers={"X_Webauth_User": "mallory"})
    assert watched.grafana.last.all("x_webauth_user") == []


@pytest.mark.parametrize("place", WATCHING)
def test_monitoring_receives_no_token_of_the_platform(
    watched: Watched, browser: httpx.Client, key: SigningKey, place: str
) -> None:
    bearer = {"Authorization": f"Bearer {admin_token(key)}"}
    for headers in (FORGED, {**FORGED, **bearer}):
        assert browser.get(place, headers=headers).status_code == 200
        seen = vars(watched)[place.strip("/")].last
        assert seen.all("cookie") == []
        assert seen.all("authorization") == []
        assert seen.all("x-device") == []
        assert seen.one("x-forwarded-for") == "127.0.0.1"


@pytest.mark.parametrize("path", ["/", "/api/user/me", "/api/history/matches"])
def test_identity_headers_are_sent_to_monitoring_only(
    watched: Watched, services: Services, browser: httpx.Client, path: str
) -> None:
    assert browser.get(path, headers=FORGED).status_code == 200
    asked = watched.ui if path == "/" else vars(services)["auth" if "user" in path else "history"]
    for name in ("x-webauth-user", "x-webauth-name", "x-webauth-role"):
        assert asked.last.all(name) == []


def test_a_name_that_would_break_a_header_is_left_out(watched: Watched, key: SigningKey) -> None:
    with watched.gateway.client() as client:
        names: list[object] = ["a\r\nX-Webauth-Role: x", "a\0", None, 7, ["b"]]
        for name in names:
            reply = client.get("/grafana/", headers=cookies(access(admin_token(key, name=name))))
            assert reply.status_code == 200
            assert watched.grafana.last.all("x-webauth-name") == []
            assert watched.grafana.last.one("x-webauth-role") == "Admin"
        client.get("/grafana/", headers=cookies(access(admin_token(key, name="Zoë 🏓"))))
        shown = watched.grafana.last.one("x-webauth-name") or ""
        assert shown.encode("latin-1").decode() == "Zoë 🏓"


def test_each_program_has_one_policy_without_other_hosts(
    watched: Watched, browser: httpx.Client
) -> None:
    for program in (watched.grafana, watched.prometheus, watched.alertmanager):
        program.answer_headers = [
            ("content-security-policy", "default-src *"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "sniff"),
        ]
    for place in MONITORING:
        reply = browser.get(place)
        (policy,) = reply.headers.get_list("content-security-policy")
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "http" not in policy
        assert "*" not in policy
        assert "x-frame-options" not in reply.headers
        assert reply.headers.get_list("x-content-type-options") == ["nosniff"]
    assert (
        "worker-src 'self' data: blob:"
        in browser.get("/grafana/").headers["content-security-policy"]
    )


@pytest.mark.parametrize("place", WATCHING)
def test_a_program_cannot_control_the_pages_of_the_game(
    watched: Watched, browser: httpx.Client, place: str
) -> None:
    """A compromised program could otherwise keep control of administrators' browsers
    after it has been repaired."""
    asked: FakeService = vars(watched)[place.strip("/")]
    asked.answer_headers = [("service-worker-allowed", "/"), ("clear-site-data", '"storage"')]
    reply = browser.get(f"{place}worker.js")
    asked.answer_headers = []
    assert reply.status_code == 200
    assert not {"service-worker-allowed", "clear-site-data"} & set(reply.headers)


def test_a_long_query_may_be_sent(watched: Watched, browser: httpx.Client) -> None:
    place = "/prometheus/api/v1/query_range"
    assert browser.post(place, content=b"q" * 4 * MEGABYTE).status_code == 200
    assert len(watched.prometheus.last.body) == 4 * MEGABYTE
    reply = browser.post(place, content=b"q" * (4 * MEGABYTE + 1))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


def test_notifications_of_prometheus_arrive_while_the_stream_is_open(
    watched: Watched, browser: httpx.Client
) -> None:
    place = "/prometheus/api/v1/notifications/live"
    with browser.stream("GET", place, headers=FORGED) as reply:
        assert next(reply.iter_lines()) == "event: changed"
        assert "default-src 'self'" in reply.headers["content-security-policy"]
    seen = watched.prometheus.last
    assert seen.target == "/api/v1/notifications/live"
    assert seen.all("cookie") == []
    assert seen.one("x-webauth-user") == ROOT
    stranger = {"Cookie": "", **PROGRAM}
    assert browser.get(place, headers=stranger).status_code == 401


def test_error_answers_of_monitoring_are_passed_on(browser: httpx.Client) -> None:
    for status in (404, 422, 500, 503):
        reply = browser.get(f"/prometheus/status/{status}", headers=PERSON)
        assert (reply.status_code, reply.json()) == (status, {"from": "prometheus"})


def test_runbooks_are_served_as_pages(browser: httpx.Client) -> None:
    for place, name in (("/runbooks/", "README"), ("/runbooks/InstanceDown.md", "InstanceDown")):
        reply = browser.get(place, headers=PERSON)
        assert reply.status_code == 200
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert reply.text == f"<h1>{name} – für den Ernstfall</h1>"
        (policy,) = reply.headers.get_list("Content-Security-Policy")
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert reply.headers["Cache-Control"] == "no-cache, private"
    for name in ("Nothing.md", ".md", "InstanceDown", "x/", "..%00"):
        reply = browser.get(f"/runbooks/{name}")
        assert reply.status_code in {400, 404}, name
        assert reply.headers["Content-Type"] == "application/problem+json"


def test_a_dashboard_may_request_all_its_files_at_once(
    services: Services, watched: Watched, key: SigningKey
) -> None:
    """Dashboards have their own budget, so opening one does not use up the budget for pages."""
    values = {
        "GRAFANA_UPSTREAM": watched.grafana.address,
        "GATEWAY_PAGE_RATE": "1r/m",
        "GATEWAY_PAGE_BURST": "2",
    }
    before = services.auth.key_reads
    with running_gateway(services, values) as gateway, gateway.client() as client:
        wait_for(lambda: services.auth.key_reads > before, "the keys")
        client.headers.update(cookies(access(admin_token(key))))
        statuses = {client.get(f"/grafana/public/{n}.js").status_code for n in range(FILES)}
        assert statuses == {200}
        assert client.get("/").status_code == 200
        replies = [client.get("/grafana/x", headers=PROGRAM) for _ in range(500)]
        assert replies[-1].status_code == 429
        assert replies[-1].json()["code"] == "too_many_requests"
        assert "That was fast" in client.get("/grafana/x", headers=PERSON).text
