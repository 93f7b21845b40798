import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from auth.oauth.service import VISIT_LIFETIME
from auth.oauth.visits import derive_visit, new_flow_token
from services.auth.tests.oauth.visitors import ALICE, BOB, PROVIDERS, Visits, settings_with
from services.auth.tests.service_under_test import Auth, errors_of, running, settings_for
from tests.fixtures.clients import refusal
from tests.fixtures.databases import ServiceDatabase
from tests.stand_ins.providers import GITHUB_TOKEN, StandInProviders


async def test_configured_providers_are_listed(visits: Visits) -> None:
    assert (await visits.auth.get("/oauth/providers")).json() == {
        "items": [
            {"id": "42", "name": "42"},
            {"id": "github", "name": "GitHub"},
            {"id": "google", "name": "Google"},
        ]
    }


async def test_unconfigured_providers_are_not_found(auth: Auth) -> None:
    assert (await auth.get("/oauth/providers")).json() == {"items": []}
    for provider in (*PROVIDERS, "gitlab", "%00"):
        answer = await auth.client.post(
            f"/api/user/oauth/{provider}/start", json={"intent": "sign_in"}
        )
        assert refusal(answer) == (404, "no_such_provider")


async def test_the_browser_is_sent_to_the_providers_own_addresses(
    auth_database: ServiceDatabase,
) -> None:
    registrations = {
        name: "given"
        for provider in PROVIDERS
        for name in (f"oauth_{provider}_client_id", f"oauth_{provider}_client_secret")
    }
    settings = settings_for(auth_database.url, **registrations)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        addresses = [
            (await Visits(auth, StandInProviders()).start(provider)).json()["authorization_url"]
            for provider in PROVIDERS
        ]
    assert [address.partition("?")[0] for address in addresses] == [
        "https://api.intra.42.fr/oauth/authorize",
        "https://github.com/login/oauth/authorize",
        "https://accounts.google.com/o/oauth2/v2/auth",
    ]


@pytest.mark.parametrize(
    ("provider", "scope"),
    [("42", "public"), ("github", "user:email"), ("google", "openid email profile")],
)
async def test_the_authorization_url_names_the_client_and_the_return_address(
    visits: Visits, provider: str, scope: str
) -> None:
    answer = await visits.start(provider)
    assert answer.headers["cache-control"] == "no-store"
    started = answer.json()
    assert started["expires_in"] == 600
    query = parse_qs(urlsplit(started["authorization_url"]).query)
    assert query["redirect_uri"] == [f"https://localhost:8090/sign-in/with/{provider}/return"]
    assert query["scope"] == [scope]
    assert query["code_challenge_method"] == ["S256"]
    assert ("nonce" in query) == (provider == "google")
    assert "prompt" not in query


async def test_secrets_of_a_visit_are_not_stored(visits: Visits) -> None:
    started = (await visits.start("google")).json()
    query = parse_qs(urlsplit(started["authorization_url"]).query)
    stored = str(await visits.auth.rows("SELECT * FROM oauth_flows"))
    for secret in (started["flow"], *query["state"], *query["nonce"], *query["code_challenge"]):
        assert len(secret) == 43
        assert secret not in stored


async def test_each_visit_has_its_own_secrets(visits: Visits) -> None:
    answers = [(await visits.start("google")).json() for _ in range(2)]
    queries = [parse_qs(urlsplit(each["authorization_url"]).query) for each in answers]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]
    assert len({queries[0][name][0] for name in ("state", "nonce", "code_challenge")}) == 3


async def test_the_next_page_is_returned(visits: Visits) -> None:
    for path in ("/", "/play?level=hard&x=%2F%2F", "/players/Zoë"):
        started = (await visits.start(next=path)).json()
        back = visits.providers.agree(started["authorization_url"], ALICE)
        assert (await visits.finish(started["flow"], back)).json()["next"] == path


async def test_the_next_page_must_be_on_this_site(visits: Visits) -> None:
    for path in (
        "",
        "play",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\\/elsewhere.example",
        "https://elsewhere.example",
        "javascript:alert(1)",
        "/\t/elsewhere.example",
        "/a\n",
        "/a\x00",
        "/" + "a" * 2000,
    ):
        answer = await visits.start(next=path)
        assert answer.status_code == 400, path
        assert set(errors_of(answer)) == {"next"}


async def test_malformed_bodies_are_refused(visits: Visits) -> None:
    for path, bodies in {
        "github/start": ["", "[]", "{}", '{"intent": "steal"}', '{"intent": 1}'],
        "finish": [
            "",
            "[]",
            "{}",
            '{"provider": "github", "flow": "a", "state": "b"}',
            '{"flow": "a", "state": "b", "code": "c"}',
            '{"provider": "github", "flow": 1, "state": "b", "code": "c"}',
            '{"provider": "github", "flow": "' + "a" * 65 + '", "state": "b", "code": "c"}',
            '{"provider": "github", "flow": "a", "state": "b", "code": "' + "c" * 4097 + '"}',
        ],
    }.items():
        for body in bodies:
            answer = await visits.auth.client.post(f"/api/user/oauth/{path}", content=body)
            assert answer.status_code == 400, body
            assert answer.json()["code"] in {"malformed", "invalid"}, body


async def test_an_unknown_flow_is_refused(visits: Visits) -> None:
    for flow in ("", "made-up", "\x00", "ü" * 64, new_flow_token()):
        state = derive_visit(flow, "").state
        _refused(await visits.finish(flow, {"state": state, "code": "c"}))
    assert visits.providers.asked == []


async def test_the_state_of_another_visit_is_refused_without_using_up_the_flow(
    visits: Visits,
) -> None:
    """A link of an attacker, opened in this browser, would otherwise sign
    its user in as the attacker."""
    flow, back = await visits.agreed(ALICE)
    _, others = await visits.agreed(BOB)
    for state in (others["state"], "", "ü", back["state"][:-1]):
        _refused(await visits.finish(flow, {**back, "state": state}))
    _refused(await visits.finish(flow, others))
    assert visits.providers.asked == []
    assert (await visits.finish(flow, back)).status_code == 200


async def test_a_visit_without_a_code_is_refused_without_using_up_the_flow(visits: Visits) -> None:
    flow, back = await visits.agreed(ALICE)
    _refused(await visits.finish(flow, {**back, "code": ""}))
    assert (await visits.finish(flow, back)).status_code == 200


async def test_a_return_to_another_providers_address_is_refused_before_the_code_is_used(
    visits: Visits,
) -> None:
    """A compromised provider could otherwise collect codes of other providers."""
    for provider in ("42", "google", "gitlab", ""):
        flow, back = await visits.agreed(ALICE)
        _refused(await visits.finish(flow, back, provider=provider))
        _refused(await visits.finish(flow, back))
    assert visits.providers.asked == []


async def test_a_visit_is_finished_once(visits: Visits) -> None:
    flow, back = await visits.agreed(ALICE)
    assert (await visits.finish(flow, back)).status_code == 200
    asked = list(visits.providers.asked)
    _refused(await visits.finish(flow, back))
    assert visits.providers.asked == asked


async def test_a_failed_visit_cannot_be_finished_again(visits: Visits) -> None:
    flow, back = await visits.agreed(ALICE)
    _refused(await visits.finish(flow, {**back, "code": "made-up"}))
    _refused(await visits.finish(flow, back))
    assert visits.providers.asked == [GITHUB_TOKEN]


async def test_fifty_parallel_requests_finish_a_visit_once(parallel_visits: Visits) -> None:
    visits = parallel_visits
    flow, back = await visits.agreed(ALICE)
    answers = await asyncio.gather(*(visits.finish(flow, back) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200, *[400] * 49]
    assert visits.providers.asked.count(GITHUB_TOKEN) == 1
    assert await visits.auth.rows("SELECT count(*) FROM sessions") == [(1,)]


async def test_a_code_of_another_visit_is_refused(visits: Visits) -> None:
    """The provider checks the code against the verifier of the visit it was issued for."""
    flow, back = await visits.agreed(ALICE)
    _, others = await visits.agreed(BOB)
    _refused(await visits.finish(flow, {**back, "code": others["code"]}))
    assert await visits.auth.rows("SELECT count(*) FROM accounts") == [(0,)]


async def test_a_visit_expires_after_ten_minutes(visits: Visits) -> None:
    flow, back = await visits.agreed(ALICE)
    late_flow, late_back = await visits.agreed(BOB)
    visits.auth.clock.advance(seconds=VISIT_LIFETIME.total_seconds() - 1)
    assert (await visits.finish(flow, back)).status_code == 200
    visits.auth.clock.advance(seconds=1)
    _refused(await visits.finish(late_flow, late_back))


async def test_unfinished_visits_are_deleted(
    auth_database: ServiceDatabase, providers: StandInProviders
) -> None:
    settings = settings_with(auth_database.url, providers)
    async with auth_database.rolled_back() as db:
        async with running(settings, db) as auth:
            await Visits(auth, providers).start()
            auth.clock.advance(minutes=5)
            await Visits(auth, providers).start()
            auth.clock.advance(minutes=6)
        async with running(settings, db, clock=auth.clock) as auth:
            assert await auth.rows("SELECT count(*) FROM oauth_flows") == [(1,)]


async def test_a_provider_that_was_removed_meanwhile_is_refused(
    auth_database: ServiceDatabase, providers: StandInProviders
) -> None:
    settings = settings_with(auth_database.url, providers)
    less = settings_with(
        auth_database.url,
        providers,
        oauth_github_client_id=None,
        oauth_github_client_secret=None,
    )
    async with auth_database.rolled_back() as db:
        async with running(settings, db) as auth:
            flow, back = await Visits(auth, providers).agreed(ALICE)
        async with running(less, db) as auth:
            _refused(await Visits(auth, providers).finish(flow, back))


async def test_another_site_cannot_start_or_finish_a_visit(visits: Visits) -> None:
    for path in ("github/start", "finish"):
        answer = await visits.auth.client.post(
            f"/api/user/oauth/{path}", json={}, headers={"Origin": "https://elsewhere.example"}
        )
        assert answer.status_code == 403


async def test_an_invalid_token_cannot_start_a_visit(visits: Visits) -> None:
    assert (await visits.start(token="made-up")).status_code == 401
    assert (await visits.finish("a", {"state": "b", "code": "c"}, "made-up")).status_code == 401


def _refused(answer: httpx.Response) -> None:
    assert refusal(answer) == (400, "oauth_refused"), answer.text
