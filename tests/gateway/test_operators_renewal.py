"""A session is renewed on requests for dashboards, as it is on pages."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.gateway.operators import (
    DEVICE,
    PERSON,
    PROGRAM,
    REFRESH,
    ROOT,
    Watched,
    access,
    admin_token,
    cookies,
)
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

PLACE = "/prometheus/api/v1/query?query=up"
# Remaining lifetime of a token at which ui renews it.
DUE_SECONDS = 10
AT_ONCE = 8
# Less than ui's timeout for auth, and more than fetching keys may take.
BUSY_SECONDS = 3


@pytest.fixture
def watched(watched: Watched, key: SigningKey) -> Watched:
    """The gateway, with a ui that renews an administrator's session."""
    watched.ui.renewals.clear()
    watched.ui.failure = None
    watched.ui.takes_seconds = 0
    watched.ui.renews_with(admin_token(key))
    return watched


@pytest.fixture
def browser(watched: Watched) -> Iterator[httpx.Client]:
    """An HTTP client that stores no cookies."""
    with watched.gateway.client() as client:
        yield client


def expired(key: SigningKey) -> str:
    return access(admin_token(key, exp=int(time.time()) - 1))


def due(key: SigningKey, **claims: object) -> str:
    return access(admin_token(key, exp=int(time.time()) + DUE_SECONDS, **claims))


def given(reply: httpx.Response) -> list[str]:
    return [cookie.split(";")[0] for cookie in reply.headers.get_list("set-cookie")]


@pytest.mark.parametrize("place", [PLACE, "/grafana/", "/kibana/", "/alertmanager/", "/runbooks/"])
@pytest.mark.parametrize("state", ["expired", "due", "dropped", "of_another_key"])
def test_an_expired_token_is_renewed_and_the_browser_gets_the_new_cookies(
    watched: Watched, browser: httpx.Client, key: SigningKey, state: str, place: str
) -> None:
    token = {
        "expired": [expired(key)],
        "due": [due(key)],
        # A browser drops the cookie when it expires.
        "dropped": [],
        "of_another_key": [access(admin_token(SigningKey("gone")))],
    }[state]
    for asked_by in (PERSON, PROGRAM):
        reply = browser.get(place, headers={**cookies(*token, REFRESH), **asked_by})
        assert reply.status_code == 200
        assert [cookie.split("=")[0] for cookie in given(reply)] == [
            "__Host-access",
            "__Host-refresh",
        ]
        assert all("HttpOnly" in each for each in reply.headers.get_list("set-cookie"))
    assert len(watched.ui.renewals) == 2


def test_ui_receives_the_address_and_device_of_the_browser(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    sent = cookies(expired(key), "theme=dark", REFRESH, DEVICE)
    claimed = {"X-Real-IP": "10.9.8.7", "X-Forwarded-For": "10.9.8.7", "X-Request-ID": "mine"}
    headers = {**sent, **claimed, "User-Agent": "Wall/1.0 (Küche)"}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    reply = browser.get(PLACE, headers=pairs)
    assert reply.status_code == 200
    (seen,) = watched.ui.renewals
    assert seen.method == "GET"
    assert seen.one("cookie") == sent["Cookie"]
    assert seen.one("x-real-ip") == "127.0.0.1"
    assert seen.one("x-forwarded-for") == "127.0.0.1"
    assert seen.one("x-request-id") == reply.headers["X-Request-ID"]
    # njs sends this header twice.
    assert {name.encode("latin-1").decode() for name in seen.all("user-agent")} == {
        "Wall/1.0 (Küche)"
    }
    assert seen.all("authorization") == []


def test_a_valid_token_is_not_renewed(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    reply = browser.get(PLACE, headers=cookies(access(admin_token(key)), REFRESH))
    assert (reply.status_code, given(reply)) == (200, [])
    assert watched.ui.renewals == []


def test_a_session_without_a_refresh_cookie_is_not_renewed(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    assert browser.get(PLACE, headers={**cookies(expired(key)), **PERSON}).status_code == 303
    assert browser.get(PLACE, headers={**cookies(expired(key)), **PROGRAM}).status_code == 401
    assert browser.get(PLACE, headers=cookies(due(key))).status_code == 200
    assert watched.ui.renewals == []


def test_a_program_with_a_header_is_not_renewed(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    bearer = {"Authorization": f"Bearer {admin_token(key, exp=1)}"}
    assert browser.get(PLACE, headers={**cookies(REFRESH), **bearer}).status_code == 401
    assert watched.ui.renewals == []


def test_a_former_administrator_is_refused_after_the_renewal(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    asked = watched.asked()
    watched.ui.renews_with(key.token({"sub": ROOT, "roles": ["player"]}))
    for token in (expired(key), due(key)):
        page = browser.get(PLACE, headers={**cookies(token, REFRESH), **PERSON})
        assert page.status_code == 403
        assert "Staff only" in page.text
        assert len(given(page)) == 2
        problem = browser.get(PLACE, headers={**cookies(token, REFRESH), **PROGRAM})
        assert (problem.status_code, len(given(problem))) == (403, 2)
    assert watched.asked() == asked


def test_an_ended_session_signs_the_browser_out(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    watched.ui.says_it_is_over()
    for token in (expired(key), due(key)):
        reply = browser.get(PLACE, headers={**cookies(token, REFRESH), **PERSON})
        assert reply.status_code == 303
        assert given(reply) == ['__Host-access=""', '__Host-refresh=""']
        reply = browser.get(PLACE, headers={**cookies(token, REFRESH), **PROGRAM})
        assert reply.status_code == 401
        assert len(given(reply)) == 2


@pytest.mark.parametrize("failure", ["unsure", "failing", "a_token_that_is_not_good"])
def test_only_a_valid_token_counts_while_ui_fails_to_renew(
    watched: Watched, browser: httpx.Client, key: SigningKey, failure: str
) -> None:
    if failure == "a_token_that_is_not_good":
        watched.ui.renews_with(admin_token(SigningKey("nobody")))
    else:
        watched.ui.cookies = []
        watched.ui.failure = 500 if failure == "failing" else None
    page = browser.get(PLACE, headers={**cookies(expired(key), REFRESH), **PERSON})
    assert page.status_code == 503
    assert "Out of play for a moment" in page.text
    problem = browser.get(PLACE, headers={**cookies(expired(key), REFRESH), **PROGRAM})
    assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")
    if failure != "a_token_that_is_not_good":
        assert browser.get(PLACE, headers=cookies(due(key), REFRESH)).status_code == 200


def test_a_valid_token_suffices_while_ui_is_down(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    watched.ui.stop()
    try:
        assert browser.get(PLACE, headers=cookies(due(key), REFRESH)).status_code == 200
        reply = browser.get(PLACE, headers={**cookies(expired(key), REFRESH), **PROGRAM})
        assert reply.status_code == 503
    finally:
        watched.ui.start()


def test_parallel_requests_of_a_page_get_the_same_renewal(
    browser: httpx.Client, key: SigningKey
) -> None:
    headers = cookies(expired(key), REFRESH)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        replies = list(
            threads.map(lambda _: browser.get("/grafana/", headers=headers), range(AT_ONCE))
        )
    assert [reply.status_code for reply in replies] == [200] * AT_ONCE
    assert {tuple(given(reply)) for reply in replies} == {tuple(given(replies[0]))}


def test_a_slow_renewal_is_waited_for(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    """Giving up would use the browser's refresh token without returning a new one."""
    watched.ui.takes_seconds = BUSY_SECONDS
    reply = browser.get(PLACE, headers=cookies(expired(key), REFRESH))
    assert (reply.status_code, len(given(reply))) == (200, 2)


def test_new_cookies_are_sent_even_if_monitoring_does_not_answer(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    watched.prometheus.stop()
    try:
        for asked_by in (PERSON, PROGRAM):
            reply = browser.get(PLACE, headers={**cookies(expired(key), REFRESH), **asked_by})
            assert (reply.status_code, len(given(reply))) == (503, 2)
    finally:
        watched.prometheus.start()


def test_cookies_of_monitoring_are_not_passed_on(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    """A compromised program could otherwise put an administrator into a session of its choice."""
    watched.grafana.answer_headers = [
        ("set-cookie", "__Host-access=theirs; Path=/; Secure"),
        ("set-cookie", "grafana_session=theirs"),
    ]
    try:
        for token, number in ((access(admin_token(key)), 0), (expired(key), 2)):
            reply = browser.get("/grafana/", headers=cookies(token, REFRESH))
            assert len(given(reply)) == number
            assert "theirs" not in reply.headers.get("set-cookie", "")
    finally:
        watched.grafana.answer_headers = []


def test_the_body_of_a_request_survives_the_renewal(
    watched: Watched, browser: httpx.Client, key: SigningKey
) -> None:
    body = b"query=" + b"up " * 50_000
    headers = cookies(expired(key), REFRESH)
    assert browser.post(PLACE, headers=headers, content=body).status_code == 200
    assert watched.prometheus.last.body == body
