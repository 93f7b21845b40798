"""Permissions at every address of auth.

None of them requires a verified address. `test_service_clients.py` tests who gets service tokens.
"""

import pytest

from services.auth.tests.authenticator import Authenticator
from services.auth.tests.passkeys.owner import PasskeyOwner
from services.auth.tests.people import SignedInPlayer, people
from services.auth.tests.service_under_test import PASSWORD, Auth, StandingAuth, keys_of
from tests.fixtures.access import (
    Access,
    access_table,
    check_forged,
    documented_operations,
    internal_operations,
    operations_of,
)
from tests.fixtures.cast import Person, SigningKey

API = "/api/user"

ANYBODY = access_table(
    API,
    """
operation                       | anonymous        | signed out       | unconfirmed      | stranger
GET    /.well-known/jwks.json   | 200              | 200              | 200              | 200
POST   /register                | 201              | 201              | 201              | 201
POST   /login                   | 200              | 200              | 200              | 200
POST   /login/two-factor        | challenge_over   | challenge_over   | challenge_over   | challenge_over
POST   /login/passkey/options   | 200              | 200              | 200              | 200
POST   /login/passkey           | passkey_refused  | passkey_refused  | passkey_refused  | passkey_refused
POST   /refresh                 | 200              | 200              | 200              | 200
POST   /password/reset-requests | 202              | 202              | 202              | 202
POST   /password/resets         | link_unknown     | link_unknown     | link_unknown     | link_unknown
POST   /email/verification      | link_unknown     | link_unknown     | link_unknown     | link_unknown
POST   /email/change            | link_unknown     | link_unknown     | link_unknown     | link_unknown
GET    /oauth/providers         | 200              | 200              | 200              | 200
POST   /oauth/{provider}/start  | no_such_provider | no_such_provider | no_such_provider | no_such_provider
POST   /oauth/finish            | oauth_refused    | oauth_refused    | oauth_refused    | oauth_refused
GET    /players/{owner}         | 200              | 200              | 200              | 200
GET    /avatars/{hash}/{file}   | no_such_avatar   | no_such_avatar   | no_such_avatar   | no_such_avatar
""",
)

SIGNED_IN = access_table(
    API,
    """
operation                                     | anonymous     | signed out   | unconfirmed           | stranger
POST   /logout                                | not_signed_in | 204          | 204                   | 204
GET    /me                                    | not_signed_in | session_over | 200                   | 200
GET    /players?query=al                      | not_signed_in | session_over | 200                   | 200
PATCH  /profile                               | not_signed_in | session_over | 200                   | 200
PUT    /profile/avatar                        | not_signed_in | session_over |                       |
DELETE /profile/avatar                        | not_signed_in | session_over | 204                   | 204
GET    /events                                | not_signed_in | session_over |                       |
GET    /friends                               | not_signed_in | session_over | 200                   | 200
POST   /friends/{owner}                       | not_signed_in | session_over | yourself              | 200
POST   /friends/{owner}/accept                | not_signed_in | session_over | yourself              | no_such_request
DELETE /friends/{owner}                       | not_signed_in | session_over | yourself              | 204
PUT    /blocks/{owner}                        | not_signed_in | session_over | yourself              | 204
DELETE /blocks/{owner}                        | not_signed_in | session_over | yourself              | 204
GET    /sessions                              | not_signed_in | session_over | 200                   | 200
DELETE /sessions                              | not_signed_in | session_over | 204                   | 204
DELETE /sessions/{session}                    | not_signed_in | session_over | 204                   | no_such_session
POST   /sessions/confirmation                 | not_signed_in | session_over | 204                   | 204
POST   /sessions/confirmation/passkey/options | not_signed_in | session_over | 200                   | 200
POST   /sessions/confirmation/passkey         | not_signed_in | session_over | passkey_refused       | passkey_refused
GET    /passkeys                              | not_signed_in | session_over | 200                   | 200
POST   /passkeys/options                      | not_signed_in | session_over | confirmation_required | 200
POST   /passkeys                              | not_signed_in | session_over | confirmation_required | invalid
PATCH  /passkeys/{passkey}                    | not_signed_in | session_over | 200                   | no_such_passkey
DELETE /passkeys/{passkey}                    | not_signed_in | session_over | confirmation_required | no_such_passkey
GET    /two-factor                            | not_signed_in | session_over | 200                   | 200
POST   /two-factor                            | not_signed_in | session_over | no_setup              | no_setup
POST   /two-factor/setup                      | not_signed_in | session_over | 200                   | 200
POST   /two-factor/disable                    | not_signed_in | session_over | two_factor_off        | two_factor_off
POST   /two-factor/recovery-codes             | not_signed_in | session_over | two_factor_off        | two_factor_off
PUT    /password                              | not_signed_in | session_over | 204                   | 204
PUT    /email                                 | not_signed_in | session_over | 202                   | 202
DELETE /email/change                          | not_signed_in | session_over | 204                   | 204
POST   /email/verification/resend             | not_signed_in | session_over | 204                   | 204
GET    /oauth/identities                      | not_signed_in | session_over | 200                   | 200
DELETE /oauth/identities/{provider}           | not_signed_in | session_over | confirmation_required | no_such_identity
GET    /security-events                       | not_signed_in | session_over | 200                   | 200
GET    /export                                | not_signed_in | session_over | confirmation_required |
POST   /deletion                              | not_signed_in | session_over | 204                   | 204
""",
)

STATUSES = {
    "invalid": 400,
    "oauth_refused": 400,
    "not_signed_in": 401,
    "session_over": 401,
    "challenge_over": 401,
    "passkey_refused": 401,
    "confirmation_required": 403,
    "link_unknown": 404,
    "no_such_avatar": 404,
    "no_such_identity": 404,
    "no_such_passkey": 404,
    "no_such_player": 404,
    "no_such_provider": 404,
    "no_such_request": 404,
    "no_such_session": 404,
    "no_setup": 409,
    "two_factor_off": 409,
    "yourself": 409,
}

ANOTHER = "two paddles under a paper moon"


@pytest.fixture
async def access(auth: Auth) -> Access:
    """The callers: Alice with an old session and an ended one, and Charlie,
    who has no relation to her."""
    alice, _, charlie = await people(auth, "Alice", "Bob", "Charlie")
    ended = SignedInPlayer(auth, "Alice", (await auth.sign_in("Alice")).json())
    await auth.sign_out(ended.tokens["refresh_token"])
    await alice.post("/friends/Bob")
    await PasskeyOwner(auth, "Alice", alice.tokens).add(Authenticator())
    [passkey] = (await alice.get("/passkeys")).json()["items"]
    [session] = (await alice.get("/sessions")).json()["items"]
    await auth.execute(
        "INSERT INTO identities SELECT gen_random_uuid(), id, 'github', '7', 'alice', created_at"
        " FROM accounts WHERE username = 'Alice'"
    )
    await auth.execute(
        "UPDATE sessions SET confirmed_at = confirmed_at - interval '16 minutes'"
        " WHERE account_id = (SELECT id FROM accounts WHERE username = 'Alice')"
    )
    link = {"token": "made-up"}
    proof = {"password": PASSWORD, "code": "000000"}
    passkey_shown = {"ceremony": "made-up", "credential": {}}
    return Access(
        auth.client,
        auth.db,
        callers={
            "anonymous": {},
            "signed out": ended.headers,
            "unconfirmed": alice.headers,
            "stranger": charlie.headers,
        },
        names={
            "owner": "Alice",
            "session": session["id"],
            "passkey": passkey["id"],
            "provider": "github",
            "hash": "0" * 64,
            "file": "128.webp",
        },
        bodies={
            "logout": {"refresh_token": None},
            "register": {"username": "Dora", "email": "dora@example.org", "password": PASSWORD},
            "login": {"username": "Alice", "password": PASSWORD},
            "two-factor": {"challenge": "made-up", **proof},
            "passkey": passkey_shown,
            "passkeys": {**passkey_shown, "name": ""},
            "refresh": {"refresh_token": alice.tokens["refresh_token"]},
            "reset-requests": {"email": "Alice@example.org"},
            "resets": {**link, "password": ANOTHER},
            "verification": link,
            "change": link,
            "start": {"intent": "sign_in"},
            "finish": {"provider": "github", "flow": "x", "state": "x", "code": "x"},
            "profile": {"bio": "Hers."},
            "avatar": "no picture",
            "confirmation": {"password": PASSWORD},
            "{passkey}": {"name": "Mine"},
            "setup": {"password": PASSWORD},
            "disable": proof,
            "recovery-codes": proof,
            "password": {"current_password": PASSWORD, "password": ANOTHER},
            "email": {"email": "another@example.org", "password": PASSWORD},
            "deletion": {"password": PASSWORD},
        },
        statuses=STATUSES,
    )


async def test_permissions_are_those_of_the_tables(
    access: Access, subtests: pytest.Subtests
) -> None:
    await access.check([*ANYBODY, *SIGNED_IN], subtests)


async def test_unknown_objects_are_not_found(access: Access, subtests: pytest.Subtests) -> None:
    await access.check_missing([*ANYBODY, *SIGNED_IN], "stranger", subtests)


async def test_malformed_requests_are_refused(access: Access, subtests: pytest.Subtests) -> None:
    await access.check_malformed([*ANYBODY, *SIGNED_IN], "stranger", API, subtests)


async def test_the_tables_have_every_operation(auth: Auth, standing_auth: StandingAuth) -> None:
    table = operations_of([*ANYBODY, *SIGNED_IN])
    assert table == set(await documented_operations(auth.client, API))
    assert internal_operations(standing_auth.app) == {"POST /internal/service-tokens"}


async def test_forged_tokens_are_refused(
    auth: Auth, standing_auth: StandingAuth, subtests: pytest.Subtests
) -> None:
    pair = keys_of(standing_auth.app).current_key()
    alice = Person("Alice", SigningKey(pair.kid, pair.private))
    await check_forged(auth.client, f"{API}/oauth/providers", alice, subtests)
