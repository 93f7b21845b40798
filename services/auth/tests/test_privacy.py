import asyncio
import json
from uuid import UUID

import httpx
import pytest

from auth.accounts.models import Account
from auth.base import AuthBase
from auth.mail.messages import Notice
from auth.privacy.erasure import RECEIVERS, player_topic_of
from auth.privacy.export import COLUMNS_BY_ACCOUNT, COLUMNS_BY_SESSION
from services.auth.tests.connected_services import ConnectedServices
from services.auth.tests.mailbox import newest, verified
from services.auth.tests.people import people, sign_up
from services.auth.tests.service_under_test import PASSWORD, Auth
from tests.fixtures.clients import refusal

ONE_OF_TWO_PEOPLE = {"friendships", "blocks"}


async def test_an_export_contains_the_data_of_all_services(connected: ConnectedServices) -> None:
    alice, _ = await people(connected.auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    answer = await alice.get("/export")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    export = answer.json()
    assert export["account"]["username"] == "Alice"
    assert export["account"]["email"] == "Alice@example.org"
    assert [each["user_agent"] for each in export["sessions"]] == [
        export["sessions"][0]["user_agent"]
    ]
    assert [(each["username"], each["asked_by"]) for each in export["friends"]] == [("Bob", "me")]
    me = (await alice.get("/me")).json()["id"]
    for name in RECEIVERS:
        assert export[name] == {"kept_by": name, "player_id": me}


async def test_the_owner_is_mailed_about_an_export(connected: ConnectedServices) -> None:
    alice = await verified(connected.auth, "Alice")
    await alice.get("/export")
    assert ("data_exported",) in await connected.auth.rows("SELECT action FROM security_events")
    notice = await newest(connected.auth, "Alice@example.org", Notice)
    assert notice.action == "data_exported"


async def test_an_export_contains_no_secrets_and_no_data_of_others(
    connected: ConnectedServices,
) -> None:
    alice, bob = await people(connected.auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    text = (await alice.get("/export")).text
    for secret in (
        "argon2",
        PASSWORD,
        "Bob@example.org",
        alice.tokens["access_token"],
        alice.tokens["refresh_token"],
        "digest",
        "hash",
    ):
        assert secret not in text.replace('"avatar":[]', "")
    bobs = (await bob.get("/me")).json()["id"]
    assert bobs not in text


def test_an_export_includes_every_table_about_players() -> None:
    exported = {columns[0].class_.__tablename__ for columns in COLUMNS_BY_ACCOUNT.values()}
    exported |= {columns[0].class_.__tablename__ for columns in COLUMNS_BY_SESSION.values()}
    exported |= ONE_OF_TWO_PEOPLE | {Account.__tablename__}
    # These only prove that a session continues: a digest and a time.
    exported |= {"refresh_tokens"}
    assert exported == _tables_about_people()


def _tables_about_people() -> set[str]:
    """Return all tables that refer to an account, directly or through others."""
    found = {Account.__tablename__}
    for table in AuthBase.metadata.sorted_tables:
        if any(key.column.table.name in found for key in table.foreign_keys):
            found.add(table.name)
    return found


async def test_an_export_with_a_missing_part_is_refused(connected: ConnectedServices) -> None:
    alice = await sign_up(connected.auth, "Alice")
    connected.player_data_services["tournament"].down = True
    answer = await alice.get("/export")
    assert refusal(answer) == (503, "export_incomplete")
    assert "tournament" in answer.json()["detail"]
    assert answer.headers["retry-after"]


async def test_an_interrupted_export_is_recognisable(connected: ConnectedServices) -> None:
    alice = await sign_up(connected.auth, "Alice")
    connected.player_data_services["history"].breaks_off = True
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, json.JSONDecodeError)):
        (await alice.get("/export")).json()


async def test_exports_are_limited(connected: ConnectedServices) -> None:
    alice = await sign_up(connected.auth, "Alice")
    statuses = [(await alice.get("/export")).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]


async def test_a_deleted_account_is_removed_from_all_services(connected: ConnectedServices) -> None:
    alice = await sign_up(connected.auth, "Alice")
    player_id = UUID((await alice.get("/me")).json()["id"])
    answer = await alice.post("/deletion", {"password": PASSWORD})
    assert answer.status_code == 204
    assert (await connected.auth.get("/players/Alice")).status_code == 404
    assert (await connected.auth.sign_in("Alice")).status_code == 401
    assert (await connected.auth.renew(alice.tokens["refresh_token"])).status_code == 401
    assert (await alice.get("/me")).status_code == 401
    for table in _tables_about_people():
        assert await connected.auth.rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608
    for name in RECEIVERS:
        await connected.told(name, player_id)


async def test_an_unavailable_service_is_told_once_it_is_back(connected: ConnectedServices) -> None:
    alice = await sign_up(connected.auth, "Alice")
    player_id = UUID((await alice.get("/me")).json()["id"])
    connected.player_data_services["history"].down = True
    await alice.post("/deletion", {"password": PASSWORD})
    await connected.told("tournament", player_id)
    assert connected.player_data_services["history"].told == []
    connected.player_data_services["history"].down = False
    await connected.told("history", player_id)


async def test_fifty_parallel_deletions_count_once(connected: ConnectedServices) -> None:
    alice = await sign_up(connected.auth, "Alice")
    answers = await asyncio.gather(*(alice.post("/deletion", {}) for _ in range(50)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 204
    assert set(statuses[1:]) == {401}
    rows = await connected.auth.rows("SELECT count(*) FROM accounts")
    assert rows == [(0,)]


async def test_each_service_is_told_once_about_a_deletion(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await alice.post("/deletion", {"password": PASSWORD})
    assert (await alice.post("/deletion", {"password": PASSWORD})).status_code == 401
    topics = await auth.rows("SELECT entrypoint FROM pgqueuer WHERE entrypoint <> 'mail'")
    assert sorted(topic for (topic,) in topics) == sorted(map(player_topic_of, RECEIVERS))


async def test_a_refused_deletion_deletes_nothing(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    wrong = await alice.post("/deletion", {"password": "another password"})
    assert refusal(wrong) == (403, "wrong_password")
    await auth.execute("UPDATE sessions SET confirmed_at = NULL")
    unconfirmed = await alice.post("/deletion", {})
    assert refusal(unconfirmed) == (403, "confirmation_required")
    malformed: list[object] = [[], {"password": 7}, "x"]
    for body in malformed:
        assert (await alice.post("/deletion", body)).status_code == 400
    assert await auth.rows("SELECT count(*) FROM accounts") == [(1,)]
    assert await auth.rows("SELECT id FROM pgqueuer WHERE entrypoint <> 'mail'") == []


async def test_a_recent_session_can_delete_an_account_without_a_password(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    assert (await alice.post("/deletion", {})).status_code == 204


async def test_name_and_address_become_free(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await alice.post("/deletion", {})
    assert (await auth.register("Alice")).status_code == 201


async def test_the_security_log_is_private_newest_first_and_paged(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    for _ in range(4):
        auth.clock.advance(seconds=1)
        await auth.sign_in("Alice")
    first = (await alice.get("/security-events?limit=3")).json()
    assert set(first["items"][0]) == {"id", "action", "at", "address", "device", "detail"}
    second = (await alice.get(f"/security-events?limit=100&cursor={first['next_cursor']}")).json()
    assert second["next_cursor"] is None
    both = first["items"] + second["items"]
    assert len({each["id"] for each in both}) == len(both)
    assert [each["at"] for each in both] == sorted((each["at"] for each in both), reverse=True)
    assert [each["action"] for each in both].count("signed_in") == 5
    bobs = (await bob.get("/security-events")).json()["items"]
    assert not {each["id"] for each in bobs} & {each["id"] for each in both}
