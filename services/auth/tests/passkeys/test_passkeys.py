import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from auth.mail.messages import Notice
from auth.passkeys.service import MOST_PASSKEYS
from auth.security_log import actions
from services.auth.tests.authenticator import USER_PRESENT, Authenticator, encoded
from services.auth.tests.passkeys.owner import PasskeyOwner
from services.auth.tests.service_under_test import Auth, errors_of
from tests.fixtures.clients import refusal

NOT_OBJECTS: list[object] = [None, "text", 7, []]
ODD_CREDENTIALS: list[dict[str, object]] = [
    {},
    {"id": "%%%"},
    {"id": "é"},
    {"id": ""},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}},
    {"id": 7, "response": None},
    {"id": encoded(bytes(2000))},
]


async def person(auth: Auth, name: str = "Alice") -> PasskeyOwner:
    return PasskeyOwner(auth, name, await auth.signed_in(name))


async def ask_to_sign_in(auth: Auth) -> dict[str, Any]:
    asked: dict[str, Any] = (await auth.client.post("/api/user/login/passkey/options")).json()
    return asked


async def show(auth: Auth, ceremony: object, credential: object) -> httpx.Response:
    return await auth.client.post(
        "/api/user/login/passkey", json={"ceremony": ceremony, "credential": credential}
    )


async def sign_in_with(auth: Auth, authenticator: Authenticator) -> httpx.Response:
    asked = await ask_to_sign_in(auth)
    return await show(auth, asked["ceremony"], authenticator.show(asked["public_key"]))


async def test_an_added_passkey_signs_in_without_a_name(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator()
    added = await alice.add(key, name="  My   laptop ")
    assert added.status_code == 201
    assert set(added.json()) == {"id", "name", "created_at", "last_used_at"}
    assert added.json()["name"] == "My laptop"
    answer = await sign_in_with(auth, key)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    me = await auth.get("/me", answer.json()["access_token"])
    assert me.json()["username"] == "Alice"
    [listed] = await alice.passkeys()
    assert listed["last_used_at"] is not None


async def test_options_require_user_verification(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator()
    await alice.add(key)
    asked = (await alice.ceremony())["public_key"]
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert [each["id"] for each in asked["excludeCredentials"]] == [encoded(key.credential_id)]
    shown = (await ask_to_sign_in(auth))["public_key"]
    assert shown["userVerification"] == "required"
    assert shown["allowCredentials"] == []


async def test_a_dishonest_key_is_not_added(auth: Auth) -> None:
    alice = await person(auth)
    for liar in (
        Authenticator(origin="https://elsewhere.example"),
        Authenticator(host="elsewhere.example"),
        Authenticator(flags=USER_PRESENT),
        Authenticator(flags=0),
    ):
        answer = await alice.add(liar)
        assert answer.status_code == 400, liar
        assert answer.json()["code"] == "passkey_refused"
    assert await alice.passkeys() == []


async def test_a_dishonest_key_cannot_sign_in(auth: Auth) -> None:
    alice, bob = await person(auth), await person(auth, "Bob")
    key, bobs = Authenticator(), Authenticator()
    await alice.add(key)
    await bob.add(bobs)
    for liar in (
        replace(key, origin="https://elsewhere.example"),
        replace(key, host="elsewhere.example"),
        replace(key, flags=USER_PRESENT),
        replace(key, key=bobs.key),
        replace(key, user_handle=bobs.user_handle),
        replace(key, credential_id=bobs.credential_id),
        Authenticator(),
    ):
        answer = await sign_in_with(auth, liar)
        assert answer.status_code == 401, liar
        assert answer.json()["code"] == "passkey_refused"
    assert (await sign_in_with(auth, key)).status_code == 200
    *refused, admitted = auth.log.of("user-login")[2:]
    assert {line["labels.method"] for line in (*refused, admitted)} == {"passkey"}
    assert [line["event.reason"] for line in refused] == [
        "not_genuine",
        "not_genuine",
        "not_genuine",
        "not_genuine",
        "foreign_user_handle",
        "foreign_user_handle",
        "unknown_passkey",
    ]


async def test_a_copy_with_an_old_counter_is_refused(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator()
    await alice.add(key)
    copy = replace(key)
    assert (await sign_in_with(auth, key)).status_code == 200
    assert (await sign_in_with(auth, copy)).status_code == 401


async def test_a_synchronised_key_without_a_counter_is_accepted(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator(counts=False)
    await alice.add(key)
    for _ in range(2):
        assert (await sign_in_with(auth, key)).status_code == 200


async def test_each_ceremony_can_be_answered_once_and_in_time(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator(counts=False)
    await alice.add(key)
    asked = await ask_to_sign_in(auth)
    shown = key.show(asked["public_key"])
    assert (await show(auth, asked["ceremony"], shown)).status_code == 200
    assert (await show(auth, asked["ceremony"], shown)).status_code == 401
    late = await ask_to_sign_in(auth)
    auth.clock.advance(minutes=5)
    answer = await show(auth, late["ceremony"], key.show(late["public_key"]))
    assert answer.status_code == 401


async def test_a_refused_answer_uses_up_its_ceremony(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator()
    await alice.add(key)
    asked = await ask_to_sign_in(auth)
    assert (await show(auth, asked["ceremony"], {})).status_code == 401
    answer = await show(auth, asked["ceremony"], key.show(asked["public_key"]))
    assert answer.status_code == 401


async def test_a_ceremony_of_another_purpose_or_player_is_refused(auth: Auth) -> None:
    alice, bob = await person(auth), await person(auth, "Bob")
    key = Authenticator()
    await alice.add(key)
    enrolment = await alice.ceremony()
    assert (
        await show(auth, enrolment["ceremony"], key.show(enrolment["public_key"]))
    ).status_code == 401
    alices = await alice.ceremony()
    made = Authenticator().make(alices["public_key"])
    stolen = await bob.post(
        "/passkeys", {"ceremony": alices["ceremony"], "credential": made, "name": "Mine"}
    )
    assert stolen.status_code == 400
    assert await bob.passkeys() == []


@pytest.mark.parametrize("credential", ODD_CREDENTIALS)
async def test_an_odd_credential_is_refused(auth: Auth, credential: dict[str, object]) -> None:
    alice = await person(auth)
    asked = await ask_to_sign_in(auth)
    assert (await show(auth, asked["ceremony"], credential)).status_code == 401
    enrolment = await alice.ceremony()
    answer = await alice.post(
        "/passkeys", {"ceremony": enrolment["ceremony"], "credential": credential, "name": "Odd"}
    )
    assert refusal(answer) == (400, "passkey_refused")


async def test_a_truncated_or_changed_credential_is_refused(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator(counts=False)
    await alice.add(key)
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        for change in (
            lambda value: value[:-8],
            lambda value: value[:0],
            lambda value: "A" + value[1:],
            len,
        ):
            asked = await ask_to_sign_in(auth)
            shown = key.show(asked["public_key"])
            shown["response"][name] = change(shown["response"][name])
            answer = await show(auth, asked["ceremony"], shown)
            assert answer.status_code == 401, (name, shown["response"][name])


async def test_malformed_body_is_refused(auth: Auth) -> None:
    alice = await person(auth)
    for credential in NOT_OBJECTS:
        assert (await show(auth, "x", credential)).status_code == 400
        answer = await alice.post("/passkeys", {"ceremony": "x", "credential": credential})
        assert answer.status_code == 400
        assert answer.json()["code"] in {"invalid", "malformed"}


async def test_a_passkey_needs_a_name(auth: Auth) -> None:
    alice = await person(auth)
    added = (await alice.add(Authenticator())).json()
    for name in ("", "   ", "x" * 41, "a\x00b", "a\u202eb"):
        assert set(errors_of(await alice.add(Authenticator(), name=name))) == {"name"}
        assert set(errors_of(await alice.rename(added["id"], name))) == {"name"}
    assert [each["name"] for each in await alice.passkeys()] == ["Laptop"]


async def test_a_passkey_can_be_renamed_and_removed_by_its_owner(auth: Auth) -> None:
    alice = await person(auth)
    added = (await alice.add(Authenticator())).json()
    assert (await alice.rename(added["id"], "Phone")).json()["name"] == "Phone"
    assert (await alice.remove(added["id"])).status_code == 204
    assert (await alice.remove(added["id"])).status_code == 404


async def test_a_removed_passkey_cannot_sign_in(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator()
    added = (await alice.add(key)).json()
    await alice.remove(added["id"])
    assert (await sign_in_with(auth, key)).status_code == 401


async def test_the_last_sign_in_method_cannot_be_removed(auth: Auth) -> None:
    alice, key = await person(auth), Authenticator()
    added = (await alice.add(key)).json()
    await auth.execute("UPDATE accounts SET password_hash = NULL")
    answer = await alice.remove(added["id"])
    assert refusal(answer) == (409, "last_way_in")
    assert (await sign_in_with(auth, key)).status_code == 200


async def test_of_two_passkeys_removed_in_parallel_one_remains(parallel_auth: Auth) -> None:
    alice = await person(parallel_auth)
    added = [(await alice.add(Authenticator())).json()["id"] for _ in range(2)]
    await parallel_auth.execute("UPDATE accounts SET password_hash = NULL")
    answers = await asyncio.gather(*(alice.remove(each) for each in added))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert len(await alice.passkeys()) == 1


async def test_a_key_can_be_added_once(auth: Auth) -> None:
    alice, bob, key = await person(auth), await person(auth, "Bob"), Authenticator()
    await alice.add(key)
    for again in (await alice.add(key), await bob.add(key)):
        assert refusal(again) == (409, "passkey_known")


async def test_the_number_of_passkeys_is_limited_even_in_parallel(parallel_auth: Auth) -> None:
    alice = await person(parallel_auth)
    asked = [await alice.ceremony() for _ in range(MOST_PASSKEYS + 5)]
    answers = await asyncio.gather(
        *(
            alice.post(
                "/passkeys",
                {
                    "ceremony": each["ceremony"],
                    "credential": Authenticator().make(each["public_key"]),
                    "name": "Key",
                },
            )
            for each in asked
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * MOST_PASSKEYS + [409] * 5
    refused = await alice.post("/passkeys/options")
    assert refused.json()["code"] == "too_many_passkeys"


async def test_fifty_parallel_answers_to_one_ceremony_start_one_session(
    parallel_auth: Auth,
) -> None:
    alice, key = await person(parallel_auth), Authenticator()
    await alice.add(key)
    asked = await ask_to_sign_in(parallel_auth)
    shown = key.show(asked["public_key"])
    answers = await asyncio.gather(
        *(show(parallel_auth, asked["ceremony"], shown) for _ in range(50))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 49


async def test_a_key_and_its_copies_in_parallel_start_one_session(parallel_auth: Auth) -> None:
    alice, key = await person(parallel_auth), Authenticator()
    await alice.add(key)
    asked = [await ask_to_sign_in(parallel_auth) for _ in range(8)]
    answers = await asyncio.gather(
        *(
            show(parallel_auth, each["ceremony"], replace(key).show(each["public_key"]))
            for each in asked
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


async def test_a_passkey_confirms_only_its_owners_session(auth: Auth) -> None:
    alice, bob = await person(auth), await person(auth, "Bob")
    key, bobs = Authenticator(), Authenticator()
    await alice.add(key)
    await bob.add(bobs)
    await auth.execute("UPDATE sessions SET confirmed_at = NULL")
    for authenticator, status in ((bobs, 401), (key, 204)):
        asked = (await alice.post("/sessions/confirmation/passkey/options")).json()
        assert [each["id"] for each in asked["public_key"]["allowCredentials"]] == [
            encoded(key.credential_id)
        ]
        shown = authenticator.show(asked["public_key"])
        answer = await alice.post(
            "/sessions/confirmation/passkey",
            {"ceremony": asked["ceremony"], "credential": shown},
        )
        assert answer.status_code == status
    assert (await alice.post("/passkeys/options")).status_code == 200
    assert (await bob.post("/passkeys/options")).status_code == 403


async def test_the_owner_is_mailed_about_changes_of_passkeys(auth: Auth) -> None:
    alice = await person(auth)
    await auth.execute("UPDATE accounts SET email_verified_at = now(), expires_at = NULL")
    added = (await alice.add(Authenticator())).json()
    await alice.remove(added["id"])
    rows = await auth.rows("SELECT action FROM security_events WHERE action LIKE 'passkey%'")
    assert [action for (action,) in rows] == [actions.PASSKEY_ADDED, actions.PASSKEY_REMOVED]
    letters = await auth.letters("Alice@example.org")
    assert [letter.action for letter in letters if isinstance(letter, Notice)] == [
        actions.PASSKEY_ADDED,
        actions.PASSKEY_REMOVED,
    ]


async def test_the_number_of_open_ceremonies_is_limited(auth: Auth) -> None:
    statuses = [
        (await auth.client.post("/api/user/login/passkey/options")).status_code for _ in range(102)
    ]
    assert statuses.count(429) == 1
