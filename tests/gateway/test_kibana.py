"""Kibana behind the gateway: what passes between it and a browser, and how the
gateway identifies Kibana."""

import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.gateway.certificates import Authority, certificate_pem, new_authority
from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.operators import (
    AUTHORITY_FILE,
    DEVICE,
    PERSON,
    PROGRAM,
    REFRESH,
    ROOT,
    Watched,
    access,
    admin_token,
    cookies,
    kibana_with,
)
from tests.gateway.tokens import ALICE, SigningKey
from tests.gateway.upstream import FakeService

PLACE = "/kibana/app/discover"
SESSION = "kibana=Fe26.2**a0b1*c2=*d3"
SET_SESSION = f"{SESSION}; Secure; HttpOnly; SameSite=Lax; Path=/kibana"
END_OF_SESSION = (
    "kibana=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; Path=/kibana"
)
STOLEN = "__Host-access=theirs; Path=/; Secure"
MEGABYTE = 1 << 20
AT_ONCE = 8


@pytest.fixture
def kibana(watched: Watched) -> Iterator[FakeService]:
    yield watched.kibana
    watched.kibana.answer_headers = []


@pytest.fixture
def admin(key: SigningKey) -> str:
    return access(admin_token(key))


@pytest.fixture
def browser(watched: Watched) -> Iterator[httpx.Client]:
    """An HTTP client that stores no cookies."""
    with watched.gateway.client() as client:
        yield client


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ([SESSION], [SESSION]),
        ([DEVICE, SESSION, REFRESH], [SESSION]),
        ([SESSION, "kibana=second"], [SESSION]),
        (['kibana="quoted"'], ['kibana="quoted"']),
        (["kibana="], ["kibana="]),
        ([], []),
        ([REFRESH, DEVICE, "grafana_session=g", "sid=s"], []),
        (["KIBANA=a", "kibana2=b", "my-kibana=c", "a=kibana=d", "kibana"], []),
    ],
    ids=str,
)
def test_only_kibanas_own_cookie_is_passed_to_kibana(
    kibana: FakeService, browser: httpx.Client, admin: str, sent: list[str], arrives: list[str]
) -> None:
    assert browser.get(PLACE, headers=cookies(admin, *sent)).status_code == 200
    assert kibana.last.all("cookie") == arrives


def test_cookies_in_several_headers_are_filtered_alike(
    kibana: FakeService, browser: httpx.Client, admin: str
) -> None:
    """Browsers send several Cookie headers over HTTP/2."""
    headers = [("Cookie", each) for each in (DEVICE, admin, SESSION)]
    assert browser.get(PLACE, headers=headers).status_code == 200
    assert kibana.last.all("cookie") == [SESSION]


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ([SET_SESSION], [SET_SESSION]),
        ([END_OF_SESSION], [END_OF_SESSION]),
        ([STOLEN, SET_SESSION], [SET_SESSION]),
        ([SET_SESSION, STOLEN], [SET_SESSION]),
        ([STOLEN, END_OF_SESSION, STOLEN], [END_OF_SESSION]),
        ([END_OF_SESSION, "theme=x; Expires=Thu, 01 Jan 2070 00:00:00 GMT"], [END_OF_SESSION]),
        ([STOLEN], []),
        (["sid=kibana=x", "kibana2=x", "Kibana=x", "my-kibana=x"], []),
        ([], []),
    ],
    ids=str,
)
def test_only_kibanas_own_cookie_is_passed_to_the_browser(
    kibana: FakeService, browser: httpx.Client, admin: str, sent: list[str], arrives: list[str]
) -> None:
    kibana.answer_headers = [("set-cookie", each) for each in sent]
    for place in (PLACE, "/kibana/status/302", "/kibana/status/403"):
        reply = browser.get(place, headers=cookies(admin))
        assert reply.headers.get_list("set-cookie") == arrives


def test_cookies_of_a_renewed_session_are_sent_beside_kibanas(
    watched: Watched, kibana: FakeService, browser: httpx.Client, key: SigningKey
) -> None:
    watched.ui.renews_with(admin_token(key))
    kibana.answer_headers = [("set-cookie", STOLEN), ("set-cookie", SET_SESSION)]
    expired = access(admin_token(key, exp=int(time.time()) - 1))
    reply = browser.get(PLACE, headers=cookies(expired, REFRESH, SESSION))
    assert reply.status_code == 200
    given = reply.headers.get_list("set-cookie")
    assert sorted(given) == sorted([*watched.ui.cookies, SET_SESSION])
    assert kibana.last.all("cookie") == [SESSION]


def test_headers_that_kibana_would_pass_to_elasticsearch_are_removed(
    kibana: FakeService, browser: httpx.Client, key: SigningKey
) -> None:
    headers = {
        "Authorization": f"Bearer {admin_token(key)}",
        "ES-Client-Authentication": "SharedSecret x",
        "X-Device": "d",
        "X-Forwarded-For": "10.9.8.7",
        "X-Webauth-User": "mallory",
        "kbn-xsrf": "true",
    }
    assert browser.post(PLACE, headers=headers, content=b"{}").status_code == 200
    seen = kibana.last
    for name in ("authorization", "es-client-authentication", "x-device", "cookie"):
        assert seen.all(name) == []
    assert seen.one("x-forwarded-for") == "127.0.0.1"
    assert seen.one("x-webauth-user") == ROOT
    assert seen.one("kbn-xsrf") == "true"
    assert seen.body == b"{}"


@pytest.mark.parametrize(
    "own",
    [
        "script-src 'self' 'unsafe-eval'; worker-src blob: 'self'",
        "script-src 'self'; frame-ancestors *; base-uri *; form-action *",
    ],
)
def test_kibanas_content_security_policy_follows_the_gateways(
    kibana: FakeService, browser: httpx.Client, admin: str, own: str
) -> None:
    kibana.answer_headers = [("content-security-policy", own)]
    reply = browser.get(PLACE, headers=cookies(admin))
    # A browser applies the first of two directives with the same name.
    assert reply.headers.get_list("content-security-policy") == [
        f"frame-ancestors 'self'; base-uri 'self'; form-action 'self'; {own}"
    ]


def test_an_answer_without_a_policy_may_load_nothing(
    browser: httpx.Client, admin: str, kibana: FakeService
) -> None:
    kibana.answer_headers = [("x-frame-options", "ALLOWALL"), ("referrer-policy", "unsafe-url")]
    reply = browser.get(PLACE, headers=cookies(admin))
    (policy,) = reply.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'")
    assert reply.headers.get_list("referrer-policy") == ["same-origin"]
    assert "x-frame-options" not in reply.headers


def test_a_long_search_may_be_sent(browser: httpx.Client, kibana: FakeService, admin: str) -> None:
    headers = cookies(admin)
    assert browser.post(PLACE, headers=headers, content=b"q" * 4 * MEGABYTE).status_code == 200
    assert len(kibana.last.body) == 4 * MEGABYTE
    reply = browser.post(PLACE, headers=headers, content=b"q" * (4 * MEGABYTE + 1))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


def test_a_page_may_request_many_files_at_once(watched: Watched, admin: str) -> None:
    def ask(number: int) -> int:
        with watched.gateway.client() as client:
            reply = client.get(f"/kibana/{number}.js", headers=cookies(admin))
            return reply.status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(ask, range(4 * AT_ONCE))) == {200}


def test_error_answers_of_kibana_are_passed_on(browser: httpx.Client, admin: str) -> None:
    for status in (401, 404, 500, 503):
        reply = browser.get(f"/kibana/status/{status}", headers={**cookies(admin), **PERSON})
        assert (reply.status_code, reply.json()) == (status, {"from": "kibana"})


def test_the_access_log_names_the_administrator(
    watched: Watched, browser: httpx.Client, admin: str
) -> None:
    browser.get("/kibana/logged?token=x", headers=cookies(admin))
    (line,) = watched.gateway.log_lines(lambda line: line["url"]["path"] == "/kibana/logged")
    assert line["user"] == {"id": ROOT}
    assert line["nginx"]["upstream"]["name"] == "operators"


@pytest.mark.parametrize("asking", [PERSON, PROGRAM])
def test_the_access_log_names_a_refused_player(
    watched: Watched, browser: httpx.Client, key: SigningKey, asking: dict[str, str]
) -> None:
    player = access(key.token({"sub": ALICE, "roles": ["player"]}))
    reply = browser.get("/kibana/turned-away", headers={**cookies(player), **asking})
    assert reply.status_code == 403
    request_id = reply.headers["X-Request-ID"]
    (line,) = watched.gateway.log_lines(lambda line: line["http"]["request"]["id"] == request_id)
    assert line["user"] == {"id": ALICE}


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


def test_a_server_with_a_certificate_of_the_authority_is_used_as_kibana(
    services: Services, key: SigningKey, authority: Authority, tmp_path: Path
) -> None:
    kibana = kibana_with(authority, tmp_path)
    with gateway_before(services, key, kibana, authority) as (_, browser):
        assert browser.get(PLACE, headers=PERSON).status_code == 200
        kibana.stop()
        is_away(browser)
        kibana.start()
        assert browser.get(PLACE, headers=PERSON).status_code == 200


IMPOSTORS = {
    "of_another_authority": "upstream SSL certificate verify error",
    "of_another_name": "does not match",
    "expired": "certificate has expired",
    "without_tls": "SSL_do_handshake() failed",
}


@pytest.mark.parametrize("kind", IMPOSTORS)
def test_a_server_without_a_valid_certificate_gets_no_request(
    services: Services, key: SigningKey, authority: Authority, tmp_path: Path, kind: str
) -> None:
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    kibana = {
        "of_another_authority": lambda: kibana_with(new_authority(), tmp_path),
        "of_another_name": lambda: kibana_with(authority, tmp_path, host="elasticsearch"),
        "expired": lambda: kibana_with(authority, tmp_path, ends=yesterday),
        "without_tls": lambda: FakeService("kibana"),
    }[kind]()
    with gateway_before(services, key, kibana, authority) as (gateway, browser):
        is_away(browser)
        assert IMPOSTORS[kind] in gateway.errors()
    assert kibana.seen == []


def is_away(browser: httpx.Client) -> None:
    page = browser.get(PLACE, headers=PERSON)
    assert page.status_code == 503
    assert "docker compose --profile logging up -d" in page.text
    problem = browser.post(PLACE, headers=PROGRAM)
    assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")


@contextmanager
def gateway_before(
    services: Services, key: SigningKey, kibana: FakeService, trusted: Authority
) -> Iterator[tuple[Gateway, httpx.Client]]:
    """Run a gateway before a stand-in for Kibana; yield it with an administrator's browser."""
    values = {"KIBANA_UPSTREAM": kibana.address, "ELASTIC_CA": f"../{AUTHORITY_FILE}"}
    files = {AUTHORITY_FILE: certificate_pem(trusted.certificate)}
    before = services.auth.key_reads
    kibana.start()
    try:
        with running_gateway(services, values, files=files) as gateway, gateway.client() as client:
            wait_for(lambda: services.auth.key_reads > before, "the gateway to read the keys")
            client.headers.update(cookies(access(admin_token(key)), SESSION))
            yield gateway, client
    finally:
        kibana.stop()
