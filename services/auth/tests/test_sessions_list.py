import asyncio
from typing import Any

from services.auth.tests.browsers import FIREFOX, SAFARI, Browser, security_log
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal


async def sessions(browser: Browser) -> list[dict[str, Any]]:
    answer = await browser.get("/sessions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def laptop_and_phone(auth: Auth) -> tuple[Browser, Browser]:
    await auth.register()
    laptop = await Browser(auth, "203.0.113.1", "laptop", FIREFOX).signed_in()
    auth.clock.advance(minutes=1)
    phone = await Browser(auth, "198.51.100.7", "phone", SAFARI).signed_in()
    return laptop, phone


async def id_of(browser: Browser) -> str:
    [own] = [each["id"] for each in await sessions(browser) if each["current"]]
    found: str = own
    return found


async def test_a_player_sees_their_sessions(auth: Auth) -> None:
    laptop, _ = await laptop_and_phone(auth)
    first, second = await sessions(laptop)
    assert set(first) == {"id", "device", "address", "created_at", "last_used_at", "current"}
    assert (first["device"], first["address"]) == ("Mobile Safari on iOS", "198.51.100.7")
    assert (second["device"], second["address"]) == ("Firefox on Linux", "203.0.113.1")
    assert (first["current"], second["current"]) == (False, True)
    assert first["created_at"] == auth.clock.now.isoformat().replace("+00:00", "Z")


async def test_the_session_used_last_is_first_with_its_new_address(auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(auth)
    auth.clock.advance(minutes=5)
    moved = laptop.at("192.0.2.77")
    assert (await moved.renew()).status_code == 200
    first, second = await sessions(phone)
    assert (first["device"], first["address"]) == ("Firefox on Linux", "192.0.2.77")
    assert first["last_used_at"] == auth.clock.now.isoformat().replace("+00:00", "Z")
    assert first["created_at"] < second["created_at"]


async def test_a_program_without_a_user_agent_has_a_name(auth: Auth) -> None:
    await auth.register()
    browser = await Browser(auth, user_agent="").signed_in()
    assert (await sessions(browser))[0]["device"] == "Unknown device"


async def test_ended_and_expired_sessions_are_not_listed(auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(auth)
    await auth.sign_out(phone.tokens["refresh_token"])
    assert len(await sessions(laptop)) == 1
    await Browser(auth, device="tablet").signed_in()
    auth.clock.advance(days=29)
    laptop = laptop.holding((await laptop.renew()).json())
    auth.clock.advance(days=1)
    laptop = laptop.holding((await laptop.renew()).json())
    assert [each["device"] for each in await sessions(laptop)] == ["Firefox on Linux"]


async def test_a_session_is_ended_by_its_id(auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(auth)
    phone_id = await id_of(phone)
    answer = await laptop.delete(f"/sessions/{phone_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await phone.renew()).json()["code"] == "session_over"
    assert (await phone.get("/sessions")).json()["code"] == "session_over"
    assert (await laptop.renew()).status_code == 200
    assert await auth.rows("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL") == [
        ("revoked",)
    ]
    assert (await security_log(auth))[-1] == "session_revoked"
    [ended] = auth.log.of("session-end")
    assert (ended["event.reason"], ended["labels.session_id"]) == ("revoked", phone_id)


async def test_the_current_session_can_be_ended(auth: Auth) -> None:
    laptop, _ = await laptop_and_phone(auth)
    assert (await laptop.delete(f"/sessions/{await id_of(laptop)}")).status_code == 204
    assert (await laptop.renew()).status_code == 401


async def test_a_session_is_ended_once(auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(auth)
    phone_id = await id_of(phone)
    assert (await laptop.delete(f"/sessions/{phone_id}")).status_code == 204
    again = await laptop.delete(f"/sessions/{phone_id}")
    assert refusal(again) == (404, "no_such_session")
    assert (await security_log(auth)).count("session_revoked") == 1


async def test_all_other_sessions_are_ended_together(auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(auth)
    tablet = await Browser(auth, device="tablet").signed_in()
    assert (await laptop.delete("/sessions")).status_code == 204
    for other in (phone, tablet):
        assert (await other.renew()).status_code == 401
    assert [each["current"] for each in await sessions(laptop)] == [True]
    assert (await laptop.renew()).status_code == 200
    [(count,)] = await auth.rows(
        "SELECT detail ->> 'count' FROM security_events WHERE action = 'other_sessions_revoked'"
    )
    assert count == "2"


async def test_ending_no_other_sessions_is_not_logged(auth: Auth) -> None:
    await auth.register()
    browser = await Browser(auth).signed_in()
    assert (await browser.delete("/sessions")).status_code == 204
    assert "other_sessions_revoked" not in await security_log(auth)


async def test_ending_sessions_does_not_affect_other_players(auth: Auth) -> None:
    laptop, _ = await laptop_and_phone(auth)
    await auth.register("Charlie")
    charlie = await Browser(auth).signed_in("Charlie")
    await laptop.delete("/sessions")
    assert (await charlie.renew()).status_code == 200


async def test_fifty_parallel_requests_end_a_session_once(parallel_auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(parallel_auth)
    phone_id = await id_of(phone)
    answers = await asyncio.gather(*(laptop.delete(f"/sessions/{phone_id}") for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 49
    assert (await security_log(parallel_auth)).count("session_revoked") == 1


async def test_fifty_parallel_requests_end_the_others_once(parallel_auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(parallel_auth)
    answers = await asyncio.gather(*(laptop.delete("/sessions") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {204}
    assert (await phone.renew()).status_code == 401
    assert (await security_log(parallel_auth)).count("other_sessions_revoked") == 1


async def test_parallel_renewals_do_not_survive_an_ended_session(parallel_auth: Auth) -> None:
    laptop, phone = await laptop_and_phone(parallel_auth)
    phone_id = await id_of(phone)
    *renewed, ended = await asyncio.gather(
        *(phone.renew() for _ in range(20)), laptop.delete(f"/sessions/{phone_id}")
    )
    assert ended.status_code == 204
    for answer in renewed:
        assert answer.status_code in {200, 401}
        if answer.status_code == 200:
            assert (await phone.holding(answer.json()).renew()).status_code == 401


async def test_a_reused_token_is_in_the_security_log_once(auth: Auth) -> None:
    _, phone = await laptop_and_phone(auth)
    await phone.renew()
    auth.clock.advance(minutes=1)
    thief = phone.at("192.0.2.66")
    for _ in range(3):
        assert (await thief.renew()).status_code == 401
    rows = await auth.rows("SELECT address FROM security_events WHERE action = 'token_reused'")
    assert rows == [("192.0.2.66",)]


async def test_signing_out_is_in_the_security_log_once(auth: Auth) -> None:
    laptop, _ = await laptop_and_phone(auth)
    for _ in range(2):
        await laptop.post("/logout", {"refresh_token": laptop.tokens["refresh_token"]})
    rows = await auth.rows("SELECT address FROM security_events WHERE action = 'signed_out'")
    assert rows == [(laptop.address,)]
