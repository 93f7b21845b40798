import asyncio
from datetime import datetime

from auth.mail.messages import NewDevice
from services.auth.tests.browsers import (
    FIREFOX,
    SAFARI,
    Browser,
    security_log,
    verify_address,
    with_two_factor,
)
from services.auth.tests.service_under_test import Auth

ALICE = "Alice@example.org"


async def letters(auth: Auth, to: str = ALICE) -> list[NewDevice]:
    return [letter for letter in await auth.letters(to) if isinstance(letter, NewDevice)]


async def registered(auth: Auth, username: str = "Alice") -> None:
    await auth.register(username)
    await verify_address(auth, username)


async def test_the_first_device_of_an_account_sends_no_mail(auth: Auth) -> None:
    await registered(auth)
    await Browser(auth, device="laptop").signed_in()
    assert await letters(auth) == []
    assert "new_device" not in await security_log(auth)


async def test_a_new_device_is_mailed_with_its_name_address_and_time(auth: Auth) -> None:
    await registered(auth)
    await Browser(auth, device="laptop").signed_in()
    await Browser(auth, "198.51.100.7", "phone", SAFARI).signed_in()
    [letter] = await letters(auth)
    assert letter.username == "Alice"
    assert letter.address == "198.51.100.7"
    assert letter.device == "Mobile Safari on iOS"
    assert datetime.fromisoformat(letter.at) == auth.clock.now
    assert (await security_log(auth)).count("new_device") == 1


async def test_an_unverified_address_gets_no_mail(auth: Auth) -> None:
    """The address may belong to another person; the security log has the event all the same."""
    await auth.register()
    await Browser(auth, device="laptop").signed_in()
    await Browser(auth, device="phone").signed_in()
    assert await letters(auth) == []
    assert (await security_log(auth)).count("new_device") == 1


async def test_the_same_device_is_mailed_once_whatever_its_address(auth: Auth) -> None:
    await registered(auth)
    await Browser(auth, device="laptop").signed_in()
    for address in ("203.0.113.1", "203.0.113.1", "198.51.100.9"):
        auth.clock.advance(days=1)
        await Browser(auth, address, "phone").signed_in()
        await Browser(auth, address, "laptop", SAFARI).signed_in()
    assert len(await letters(auth)) == 1


async def test_another_device_token_is_another_device(auth: Auth) -> None:
    await registered(auth)
    for device in ("laptop", "phone", "tablet"):
        await Browser(auth, device=device).signed_in()
    assert len(await letters(auth)) == 2


async def test_a_program_without_a_token_is_known_by_user_agent_and_address(
    auth: Auth,
) -> None:
    await registered(auth)
    for _ in range(2):
        await Browser(auth, "203.0.113.1", user_agent=FIREFOX).signed_in()
    assert await letters(auth) == []
    await Browser(auth, "203.0.113.1", user_agent=SAFARI).signed_in()
    await Browser(auth, "203.0.113.2", user_agent=FIREFOX).signed_in()
    assert len(await letters(auth)) == 2


async def test_a_program_with_another_address_of_the_same_ipv6_prefix_is_known(auth: Auth) -> None:
    await registered(auth)
    for address in ("2001:db8:0:7::1", "2001:db8:0:7:aaaa::1"):
        await Browser(auth, address).signed_in()
    assert await letters(auth) == []
    await Browser(auth, "2001:db8:0:8::1").signed_in()
    [letter] = await letters(auth)
    assert letter.address == "2001:db8:0:8::1"


async def test_a_device_known_to_another_account_is_new(auth: Auth) -> None:
    await registered(auth, "Alice")
    await registered(auth, "Bob")
    await Browser(auth, device="laptop").signed_in("Alice")
    await Browser(auth, device="of-bob").signed_in("Bob")
    await Browser(auth, device="of-bob").signed_in("Alice")
    assert len(await letters(auth)) == 1
    assert await letters(auth, "Bob@example.org") == []


async def test_a_wrong_password_does_not_make_a_device_known(auth: Auth) -> None:
    await registered(auth)
    await Browser(auth, device="laptop").signed_in()
    await Browser(auth, device="phone").sign_in(password="another password")
    assert await letters(auth) == []
    assert await auth.rows("SELECT count(*) FROM known_devices") == [(1,)]


async def test_a_sign_in_without_the_second_factor_does_not_make_a_device_known(auth: Auth) -> None:
    await registered(auth)
    app = await with_two_factor(await Browser(auth, device="laptop").signed_in())
    phone = Browser(auth, device="phone")
    challenge = await phone.challenge()
    assert await letters(auth) == []
    assert (await phone.answer(challenge, app.code())).status_code == 200
    assert len(await letters(auth)) == 1


async def test_fifty_parallel_first_sign_ins_of_a_device_send_one_mail(
    parallel_auth: Auth,
) -> None:
    await registered(parallel_auth)
    await Browser(parallel_auth, device="laptop").signed_in()
    phones = [Browser(parallel_auth, f"198.51.100.{number}", "phone") for number in range(50)]
    answers = await asyncio.gather(*(phone.sign_in() for phone in phones))
    # The limit for one name from unknown devices; the other attempts have to wait.
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) >= 21
    assert set(statuses) == {200, 429}
    assert len(await letters(parallel_auth)) == 1
    assert (await security_log(parallel_auth)).count("new_device") == 1
    assert await parallel_auth.rows("SELECT count(*) FROM known_devices") == [(2,)]


async def test_one_of_two_parallel_first_devices_is_mailed(parallel_auth: Auth) -> None:
    await registered(parallel_auth)
    devices = [Browser(parallel_auth, device=name) for name in ("laptop", "phone")]
    answers = await asyncio.gather(*(device.sign_in() for device in devices))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(await letters(parallel_auth)) == 1
