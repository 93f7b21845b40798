"""Providers that are down, slow, broken or compromised: each visit ends with a
problem and without side effects."""

import gzip

import pytest

from auth.oauth.providers import provider_http
from services.auth.tests.oauth.visitors import ALICE, Visits, settings_with
from services.auth.tests.service_under_test import running
from tests.fixtures.clients import refusal
from tests.fixtures.databases import ServiceDatabase
from tests.stand_ins.providers import (
    FORTY_TWO_ME,
    FORTY_TWO_TOKEN,
    GITHUB_EMAILS,
    GITHUB_TOKEN,
    GITHUB_USER,
    OPENID_DOCUMENT,
    OPENID_TOKEN,
    OPENID_USERINFO,
    Json,
    Lie,
    StandInProviders,
    dribbling,
    endless,
    meanwhile,
    raw,
    says,
)

ASKED = [
    ("42", FORTY_TWO_TOKEN),
    ("42", FORTY_TWO_ME),
    ("github", GITHUB_TOKEN),
    ("github", GITHUB_USER),
    ("github", GITHUB_EMAILS),
    ("google", OPENID_TOKEN),
    ("google", OPENID_USERINFO),
]
EVERYWHERE = pytest.mark.parametrize(("provider", "path"), ASKED)

NONSENSE: dict[str, Lie] = {
    "not JSON": raw(b"<!doctype html><title>Maintenance</title>"),
    "nothing": raw(b""),
    "not UTF-8": raw(b'"\xff"'),
    "too deep": raw(b'{"id": ' + b"[" * 100_000),
    "another shape": says("fine"),
    "null": says(None),
    "a redirect to itself": raw(b"", 302, location="/"),
    "a redirect elsewhere": raw(b"", 307, location="https://elsewhere.example/"),
    "no end": endless,
    "compressed": raw(gzip.compress(b" " * 5_000_000), content_encoding="gzip"),
    "a refusal without a reason": raw(b"{}", 400),
}


async def ends_in(visits: Visits, provider: str, status: int, code: str, why: object = "") -> None:
    answer = await visits.visit(ALICE, provider)
    assert refusal(answer) == (status, code), why
    assert await visits.auth.rows(
        "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM identities),"
        " (SELECT count(*) FROM sessions), (SELECT count(*) FROM oauth_flows)"
    ) == [(0, 0, 0, 0)], why
    assert visits.auth.log.of("unexpected-error") == [], why


@EVERYWHERE
async def test_a_malformed_answer_counts_as_a_lie_of_the_provider(
    visits: Visits, provider: str, path: str
) -> None:
    for what, lie in NONSENSE.items():
        visits.providers.lies[path] = lie
        await ends_in(visits, provider, 502, "provider_lied", what)


@EVERYWHERE
async def test_an_error_of_the_provider_counts_as_an_outage(
    visits: Visits, provider: str, path: str
) -> None:
    for status in (500, 503, 429):
        visits.providers.lies[path] = raw(b"Oops", status)
        await ends_in(visits, provider, 503, "provider_down", status)


@EVERYWHERE
async def test_a_slow_provider_is_given_up(
    visits: Visits, monkeypatch: pytest.MonkeyPatch, provider: str, path: str
) -> None:
    monkeypatch.setattr(provider_http, "TOTAL_SECONDS", 0.5)
    visits.providers.lies[path] = dribbling
    await ends_in(visits, provider, 503, "provider_down")


async def test_an_unreachable_provider_counts_as_an_outage(auth_database: ServiceDatabase) -> None:
    gone = StandInProviders()
    settings = settings_with(auth_database.url, gone)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        visits = Visits(auth, gone)
        for provider in ("42", "github"):
            await ends_in(visits, provider, 503, "provider_down")
        # This provider's addresses are requested from it first.
        answer = await visits.start("google")
    assert refusal(answer) == (503, "provider_down")
    assert answer.headers["retry-after"]


OTHER_FORMS: dict[tuple[str, str], list[Json]] = {
    ("github", GITHUB_TOKEN): [
        {"token_type": "bearer"},
        {"access_token": "", "token_type": "bearer"},
        {"access_token": "a\r\nb", "token_type": "bearer"},
        {"access_token": "ü", "token_type": "bearer"},
        {"access_token": ["a"], "token_type": "bearer"},
        {"access_token": "a", "token_type": "mac"},
        {"access_token": "a", "token_type": "bearer", "error": 7},
        # The provider issues a token and then does not accept it.
        {"access_token": "made-up", "token_type": "bearer"},
    ],
    ("github", GITHUB_USER): [
        {"login": "alice"},
        {"id": 1},
        {"id": "1", "login": "alice"},
        {"id": 0, "login": "alice"},
        {"id": True, "login": "alice"},
        {"id": 1.5, "login": "alice"},
        {"id": None, "login": None},
    ],
    ("github", GITHUB_EMAILS): [
        {},
        ["alice@example.org"],
        [{"email": "alice@example.org", "primary": True}],
        [{"email": "alice@example.org", "primary": True, "verified": "false"}],
    ],
    ("42", FORTY_TWO_ME): [
        {"id": 1},
        {"id": "1", "login": "alice"},
        {"id": 1, "login": ["alice"]},
        {"id": 1, "login": "alice", "email": 7},
    ],
    ("google", OPENID_TOKEN): [
        {"access_token": "a", "token_type": "Bearer"},
        *(
            {"access_token": "a", "token_type": "Bearer", "id_token": id_token}
            for id_token in ("", "a.b", "a.b.c", "a.ü.c", "a.e30.c", 7)
        ),
    ],
    ("google", OPENID_USERINFO): [
        {"email": "alice@example.org", "email_verified": True},
        {"sub": 1001},
        {"sub": ""},
        {"sub": "1001\x00"},
        {"sub": "1" * 256},
        {"sub": "1001", "email_verified": "true"},
        # Another person than the one in the ID token.
        {"sub": "1002", "email": "alice@example.org", "email_verified": True},
    ],
}


@pytest.mark.parametrize(("provider", "path"), OTHER_FORMS)
async def test_answers_with_other_fields_are_refused(
    visits: Visits, provider: str, path: str
) -> None:
    for answer in OTHER_FORMS[provider, path]:
        visits.providers.lies[path] = says(answer)
        await ends_in(visits, provider, 502, "provider_lied", answer)


async def test_an_id_token_for_another_visit_or_client_is_refused(visits: Visits) -> None:
    wrong: list[dict[str, Json]] = [
        {"nonce": "of another visit"},
        {"nonce": None},
        {"aud": "another platform"},
        {"aud": ["transcendence", "another platform"]},
        {"iss": "https://elsewhere.example"},
        {"sub": "1002"},
        {"sub": None},
    ]
    for claims in wrong:
        visits.providers.id_claims.clear()
        visits.providers.id_claims.update(claims)
        await ends_in(visits, "google", 502, "provider_lied", claims)


async def test_a_document_that_leads_elsewhere_is_refused(first_visits: Visits) -> None:
    wrong: list[dict[str, Json]] = [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "https://elsewhere.example/token"},
        {"token_endpoint": "/token"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"userinfo_endpoint": "http://127.0.0.1:99999/"},
    ]
    for change in wrong:
        first_visits.providers.lies[OPENID_DOCUMENT] = says(
            {**first_visits.providers.document(), **change}
        )
        answer = await first_visits.start("google")
        assert refusal(answer) == (502, "provider_lied"), change
    assert await first_visits.auth.rows("SELECT count(*) FROM oauth_flows") == [(0,)]


async def test_the_document_is_requested_once(first_visits: Visits) -> None:
    for _ in range(3):
        await first_visits.visit(ALICE, "google")
    assert first_visits.providers.asked.count(OPENID_DOCUMENT) == 1


@pytest.mark.parametrize(
    ("path", "provider", "status"),
    [(GITHUB_TOKEN, "github", 200), (FORTY_TWO_TOKEN, "42", 401), (OPENID_TOKEN, "google", 400)],
)
async def test_a_refused_code_is_distinguished_from_an_outage(
    visits: Visits, path: str, provider: str, status: int
) -> None:
    for error, (answer, code) in {
        "invalid_grant": (400, "oauth_refused"),
        "bad_verification_code": (400, "oauth_refused"),
        "unverified_user_email": (403, "email_unverified"),
        "invalid_client": (503, "provider_down"),
        "redirect_uri_mismatch": (503, "provider_down"),
        "": (503, "provider_down"),
        "secret-of-hers": (503, "provider_down"),
    }.items():
        visits.providers.lies[path] = says({"error": error, "error_description": "No."}, status)
        await ends_in(visits, provider, answer, code, error)
    reasons = [event["event.reason"] for event in visits.auth.log.of("oauth-provider")]
    assert reasons == ["invalid_client", "redirect_uri_mismatch", "refused", "refused"]


async def test_github_without_permission_to_read_addresses_verifies_none(visits: Visits) -> None:
    for status in (403, 404):
        visits.providers.lies[GITHUB_EMAILS] = says({"message": "Not Found"}, status)
        await ends_in(visits, "github", 403, "email_unverified", status)


@EVERYWHERE
async def test_no_database_connection_is_held_while_a_provider_is_asked(
    parallel_visits: Visits, provider: str, path: str
) -> None:
    visits = parallel_visits
    held: list[int] = []

    async def look() -> None:
        held.append(visits.auth.db.get_engine().pool.checkedout())  # type: ignore[attr-defined]

    visits.providers.lies[path] = meanwhile(look, raw(b"", 500))
    await visits.visit(ALICE, provider)
    assert held == [0]


async def test_a_failure_is_logged_without_the_providers_data(visits: Visits) -> None:
    visits.providers.lies[GITHUB_USER] = says({"id": "secret-of-hers", "login": "alice"})
    flow, back = await visits.agreed(ALICE)
    await visits.finish(flow, back)
    [event] = visits.auth.log.of("oauth-provider")
    assert (event["event.reason"], event["labels.provider"]) == ("not_understood", "GitHub")
    for secret in ("secret-of-hers", back["code"], back["state"], flow):
        assert secret not in str(visits.auth.log.events)
