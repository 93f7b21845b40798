"""Every answer is counted once: by service, status class and duration."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.operators import PERSON, access, admin_token, cookies
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

UPSTREAMS = ("auth", "history", "tournament", "ui", "operators", "none")
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
RESPONSES = re.compile(r'gateway_responses_total\{upstream="(\w+)",class="(\dxx)"\} (\d+)')
BUCKET = re.compile(r'gateway_response_seconds_bucket\{upstream="(\w+)",le="([^"]+)"\} (\d+)')
COUNT = re.compile(r'gateway_response_seconds_count\{upstream="(\w+)"\} (\d+)')
SUM = re.compile(r'gateway_response_seconds_sum\{upstream="(\w+)"\} ([\d.]+)')
WORKERS = "3"
AT_ONCE = 8
MANY = 400


@pytest.fixture(scope="module")
def counting(services: Services) -> Iterator[Gateway]:
    """A gateway that only these tests use."""
    values = {"GATEWAY_WORKERS": WORKERS}
    with answering(services, values) as gateway:
        yield gateway


@contextmanager
def answering(services: Services, values: dict[str, str]) -> Iterator[Gateway]:
    before = services.auth.key_reads
    with running_gateway(services, values) as gateway:
        release = gateway.folder / "assets" / "static" / "r1"
        release.mkdir(parents=True)
        (release / "game.js").write_text("let a = 1;")
        wait_for(lambda: services.auth.key_reads > before, "the gateway to read the keys")
        yield gateway


@pytest.fixture
def browser(counting: Gateway) -> Iterator[httpx.Client]:
    with counting.client() as client:
        yield client


def scraped(gateway: Gateway) -> str:
    reply = gateway.status("/metrics")
    assert reply.status_code == 200, gateway.errors()
    return reply.text


def counted(gateway: Gateway) -> Counter[str]:
    return Counter(
        {f"{found[1]} {found[2]}": int(found[3]) for found in RESPONSES.finditer(scraped(gateway))}
    )


def found_since(gateway: Gateway, before: Counter[str], only: str) -> int:
    """Return the increase of one counter. Requests that clients of other tests
    gave up may still end as 4xx."""
    more = counted(gateway) - before
    found = {kind: number for kind, number in more.items() if kind.endswith(("2xx", "3xx"))}
    assert found.keys() == {only}
    return found[only]


def timed(gateway: Gateway) -> Counter[str]:
    return Counter({found[1]: int(found[2]) for found in COUNT.finditer(scraped(gateway))})


@contextmanager
def adds(gateway: Gateway, answers: dict[str, int], *, timed_too: bool = True) -> Iterator[None]:
    """Check that exactly these answers are counted meanwhile."""
    before, timed_before = counted(gateway), timed(gateway)
    yield
    assert dict(counted(gateway) - before) == answers
    expected: Counter[str] = Counter()
    for name, number in answers.items():
        expected[name.split()[0]] += number if timed_too else 0
    assert timed(gateway) - timed_before == +expected


def test_every_counter_exists_from_the_start(services: Services) -> None:
    with running_gateway(services) as gateway:
        text = scraped(gateway)
        assert {(found[1], found[2]) for found in RESPONSES.finditer(text)} == {
            (upstream, name) for upstream in UPSTREAMS for name in CLASSES
        }
        assert set(counted(gateway).values()) == {0}
        assert timed(gateway).keys() == set(UPSTREAMS)
        bounds = {found[2] for found in BUCKET.finditer(text) if found[1] == "ui"}
        assert {"0.25", "+Inf"} < bounds
        assert len(BUCKET.findall(text)) == len(UPSTREAMS) * len(bounds)
        assert "# TYPE gateway_responses_total counter\n" in text
        assert "# TYPE gateway_response_seconds histogram\n" in text
        assert "# TYPE gateway_certificate_expiry_timestamp_seconds gauge\n" in text


Asked = tuple[str, str, dict[str, str]]
ANSWERS: list[tuple[str, str, dict[str, str], str]] = [
    ("GET", "/", {}, "ui 2xx"),
    ("HEAD", "/", {}, "ui 2xx"),
    ("POST", "/play", {}, "ui 2xx"),
    ("GET", "/status/304", {}, "ui 3xx"),
    ("GET", "/status/404", {}, "ui 4xx"),
    ("GET", "/status/503", {}, "ui 5xx"),
    ("GET", "/status/501", {}, "ui 5xx"),
    ("GET", "/apiary?a=/api/user/", {}, "ui 2xx"),
    ("GET", "/api/user/me", {"token": "good"}, "auth 2xx"),
    ("GET", "/api/user/status/500", {"token": "good"}, "auth 5xx"),
    ("GET", "/api/user/me", {}, "auth 4xx"),
    ("GET", "/api/user/me", {"Authorization": "Bearer bad"}, "auth 4xx"),
    ("GET", "/api/history/leaderboard?x=1", {}, "history 2xx"),
    ("GET", "/api/history/status/422", {"token": "good"}, "history 4xx"),
    ("GET", "/api/tournament/tournaments", {}, "tournament 2xx"),
    ("GET", "/api/tournament/status/418", {"token": "good"}, "tournament 4xx"),
    ("GET", "/api/other", {}, "none 4xx"),
    ("GET", "/api", {}, "none 4xx"),
    ("GET", "/internal/x", {}, "none 4xx"),
    ("GET", "/metrics", {}, "none 4xx"),
    ("GET", "/static/r0/game.js", {}, "none 4xx"),
    ("POST", "/static/r1/game.js", {}, "none 4xx"),
    ("GET", "/_gateway/error.css", {}, "none 2xx"),
    ("GET", "/_gateway/error.css", {"Range": "bytes=0-2"}, "none 2xx"),
    ("GET", "/play?a=/static/", {}, "ui 2xx"),
    ("BREW", "/", {}, "ui 4xx"),
    ("GET", "/grafana", {}, "operators 3xx"),
    ("GET", "/grafana/", PERSON, "operators 3xx"),
    ("GET", "/grafana/", {}, "operators 4xx"),
    ("GET", "/prometheus/", {"token": "admin"}, "operators 5xx"),
    ("GET", "/prometheus/", {**PERSON, "token": "admin"}, "operators 5xx"),
    ("GET", "/prometheus/", {**PERSON, "token": "good"}, "operators 4xx"),
    ("POST", "/alertmanager/", {"Origin": "https://evil.example"}, "operators 4xx"),
    ("GET", "/prometheus/metrics", {}, "operators 4xx"),
    ("GET", "/runbooks/none.md", {"token": "admin"}, "none 4xx"),
    ("GET", "/grafanas", {}, "ui 2xx"),
    ("GET", "/kibana", {}, "operators 3xx"),
    ("GET", "/kibana/", {}, "operators 4xx"),
]


@pytest.mark.parametrize(("asked", "kind"), [(each[:3], each[3]) for each in ANSWERS], ids=str)
def test_an_answer_is_counted_once(
    counting: Gateway,
    browser: httpx.Client,
    key: SigningKey,
    asked: Asked,
    kind: str,
) -> None:
    method, path, headers = asked
    sent = {name: value for name, value in headers.items() if name != "token"}
    if token := {"good": key.token, "admin": lambda: admin_token(key)}.get(
        headers.get("token", "")
    ):
        sent |= cookies(access(token()))
    with adds(counting, {kind: 1}):
        reply = browser.request(method, path, headers=sent)
    assert f"{reply.status_code // 100}xx" == kind.split()[1]
    assert "x-counted" not in reply.headers


@pytest.mark.parametrize(
    ("request_line", "kind"),
    [
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: y", "ui 4xx"),
        ("nonsense", "none 4xx"),
        ("GET /api/user/../x HTTP/1.1\r\nHost: x", "auth 4xx"),
        (f"GET /{'a' * 9000} HTTP/1.1\r\nHost: x", "none 4xx"),
        (f"GET /play HTTP/1.1\r\nHost: x\r\nCookie: {'a' * 9000}", "ui 4xx"),
        ("TRACE /play HTTP/1.1\r\nHost: x", "ui 4xx"),
        ("GET / HTTP/1.0", "ui 2xx"),
        # nginx would answer 501 and 505, which must not count as a service's failures.
        ("GET /api/user/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip", "auth 4xx"),
        ("GET /play HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip", "ui 4xx"),
        ("GET / HTTP/3.0\r\nHost: x", "none 4xx"),
    ],
    ids=str,
)
def test_an_answer_to_a_malformed_request_is_counted_once(
    counting: Gateway, request_line: str, kind: str
) -> None:
    with adds(counting, {kind: 1}):
        assert counting.raw(f"{request_line}\r\nConnection: close\r\n\r\n".encode())


def test_a_redirect_to_tls_is_counted_once(counting: Gateway) -> None:
    with adds(counting, {"none 3xx": 1}):
        reply = httpx.get(f"http://localhost:{counting.http_port}/api/user/me")
        assert reply.status_code == 308
    plain = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with adds(counting, {"none 3xx": 1}):
        assert b" 308 " in counting.raw(plain, plain_port=counting.https_port)


def test_requests_to_the_internal_listener_are_not_counted(counting: Gateway) -> None:
    with adds(counting, {}):
        assert counting.status("/healthz").status_code == 200
        assert counting.status("/nothing").status_code == 404


def test_an_answer_that_refuses_for_a_budget_is_counted_as_4xx(services: Services) -> None:
    values = {"GATEWAY_API_RATE": "1r/m", "GATEWAY_API_BURST": "1"}
    with answering(services, values) as gateway, gateway.client() as client:
        with adds(gateway, {"history 2xx": 2, "history 4xx": 3}):
            statuses = [client.get("/api/history/leaderboard").status_code for _ in range(5)]
        assert sorted(statuses) == [200, 200, 429, 429, 429]


def test_an_answer_for_an_unavailable_service_is_counted_as_5xx(
    own_services: Services, key: SigningKey
) -> None:
    bearer = {"Authorization": f"Bearer {key.token()}"}
    with answering(own_services, {}) as gateway, gateway.client() as client:
        own_services.history.stop()
        own_services.ui.stop()
        with adds(gateway, {"history 5xx": 2, "ui 5xx": 1, "auth 2xx": 1}):
            assert client.get("/api/history/leaderboard").status_code == 502
            assert client.post("/api/history/matches", headers=bearer).status_code == 502
            assert client.get("/").status_code == 503
            assert client.get("/api/user/me", headers=bearer).status_code == 200
        own_services.history.start()
        own_services.ui.start()


def test_a_stream_is_counted_when_it_begins_and_not_timed(
    counting: Gateway, browser: httpx.Client, signed_in: dict[str, str]
) -> None:
    before = counted(counting)
    with (
        adds(counting, {"auth 2xx": 1}, timed_too=False),
        browser.stream("GET", "/api/user/events", headers=signed_in) as reply,
    ):
        assert reply.status_code == 200
        assert counted(counting) - before == Counter({"auth 2xx": 1})
    with adds(counting, {"auth 4xx": 1}):
        assert browser.get("/api/user/events").status_code == 401


def test_a_websocket_is_counted_when_it_opens_and_not_timed(
    counting: Gateway, signed_in: dict[str, str]
) -> None:
    address = f"{counting.url.replace('https', 'wss')}/api/tournament/matches/1/play"
    before = counted(counting)
    with (
        adds(counting, {"tournament 1xx": 1}, timed_too=False),
        connect(address, ssl=counting.trust, additional_headers=signed_in) as socket,
    ):
        socket.send("hello")
        assert socket.recv() == "hello"
        assert counted(counting) - before == Counter({"tournament 1xx": 1})


def test_the_duration_of_an_answer_is_counted_in_its_bucket(
    counting: Gateway, browser: httpx.Client
) -> None:
    def buckets() -> dict[str, int]:
        found = BUCKET.finditer(scraped(counting))
        return {each[2]: int(each[3]) for each in found if each[1] == "ui"}

    def seconds() -> float:
        return next(float(each[2]) for each in SUM.finditer(scraped(counting)) if each[1] == "ui")

    before, seconds_before = buckets(), seconds()
    assert browser.get("/slow/0.3").status_code == 200
    rise = {bound: number - before[bound] for bound, number in buckets().items()}
    assert rise["0.25"] == 0
    # Buckets are cumulative: an answer below 1 s is also counted below 5 s.
    assert (rise["5.0" if "5.0" in rise else "5"], rise["+Inf"]) == (1, 1)
    assert list(rise.values()) == sorted(rise.values())
    assert seconds() - seconds_before >= 0.29


def test_one_in_twenty_answers_with_files_is_counted_as_twenty(
    counting: Gateway, browser: httpx.Client
) -> None:
    before = counted(counting)
    modified = browser.get("/static/r1/game.js").headers["Last-Modified"]
    for _ in range(MANY - 1):
        assert browser.get("/static/r1/game.js").status_code == 200
    number = found_since(counting, before, "none 2xx")
    # None at all, or seven standard deviations too many, is less likely than 1 in 10⁹.
    assert 0 < number < MANY + 7 * 90
    assert number % 20 == 0
    before = counted(counting)
    for _ in range(MANY):
        reply = browser.get("/static/r1/game.js", headers={"If-Modified-Since": modified})
        assert reply.status_code == 304
    number = found_since(counting, before, "none 3xx")
    assert number > 0


def test_all_workers_share_the_counters_without_losing_an_answer(counting: Gateway) -> None:
    def ask(_: int) -> int:
        with counting.client() as client:
            return sum(
                client.get("/_gateway/error.css").status_code for _ in range(MANY // AT_ONCE)
            )

    with (
        adds(counting, {"none 2xx": MANY}),
        ThreadPoolExecutor(AT_ONCE) as threads,
    ):
        assert sum(threads.map(ask, range(AT_ONCE))) == 200 * MANY


def test_a_reload_keeps_the_counters(services: Services) -> None:
    with answering(services, {}) as gateway, gateway.client() as client:
        client.get("/")
        before = counted(gateway)
        workers = set(_workers(gateway))
        gateway.reload()
        wait_for(lambda: workers.isdisjoint(_workers(gateway)), "other workers")
        assert counted(gateway) == before


def _workers(gateway: Gateway) -> list[int]:
    assert gateway.process is not None
    pid = gateway.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
