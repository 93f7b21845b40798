"""Metrics of all sign-in methods except passwords, which `test_sign_in.py` tests."""

from auth.throttling import budgets
from auth.throttling.service import Throttles
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.browsers import App, Browser, with_two_factor
from services.auth.tests.counted import sign_ins
from services.auth.tests.passkeys.test_passkeys import ask_to_sign_in, person, show
from services.auth.tests.service_under_test import Auth

HERE = "127.0.0.1"


async def test_passkeys_are_counted(auth: Auth) -> None:
    key = Authenticator()
    await (await person(auth)).add(key)
    before, passwords = sign_ins("passkey"), sign_ins("password")
    asked = await ask_to_sign_in(auth)
    shown = key.show(asked["public_key"])
    assert (await show(auth, asked["ceremony"], shown)).status_code == 200
    assert sign_ins("passkey") - before == {"success": 1}
    # A replayed answer, and an invented one.
    assert (await show(auth, asked["ceremony"], shown)).status_code == 401
    asked = await ask_to_sign_in(auth)
    stranger = Authenticator().show(asked["public_key"])
    assert (await show(auth, asked["ceremony"], stranger)).status_code == 401
    assert sign_ins("passkey") - before == {"success": 1, "refused": 2}
    assert sign_ins("password") == passwords


async def test_throttled_requests_for_a_passkey_are_counted(auth: Auth) -> None:
    before = sign_ins("passkey")
    limit = budgets.passkey_ceremonies_from(HERE)
    for _ in range(limit.free + 1):
        await Throttles(auth.db).count_attempt(auth.clock.now, limit)
    answer = await auth.client.post("/api/user/login/passkey/options")
    assert answer.status_code == 429
    assert sign_ins("passkey") - before == {"throttled": 1}


async def test_a_passkey_that_confirms_does_not_count_as_a_sign_in(auth: Auth) -> None:
    key = Authenticator()
    alice = await person(auth)
    await alice.add(key)
    before = sign_ins("passkey")
    asked = (await alice.post("/sessions/confirmation/passkey/options")).json()
    for status in (204, 401):
        answer = await alice.post(
            "/sessions/confirmation/passkey",
            {"ceremony": asked["ceremony"], "credential": key.show(asked["public_key"])},
        )
        assert answer.status_code == status
    assert sign_ins("passkey") == before


async def test_second_factors_are_counted(auth: Auth) -> None:
    browser, app = await _alice(auth)
    before, passwords = sign_ins("two_factor"), sign_ins("password")
    challenge = await browser.challenge()
    await browser.answer(challenge, app.wrong_code())
    await browser.answer(challenge, app.code())
    await browser.answer(challenge, app.next_code())
    assert sign_ins("two_factor") - before == {
        "wrong_code": 1,
        "success": 1,
        "challenge_over": 1,
    }
    assert sign_ins("password") - passwords == {"challenged": 1}


async def test_the_last_wrong_code_is_counted_as_wrong(auth: Auth) -> None:
    browser, app = await _alice(auth)
    before = sign_ins("two_factor")
    challenge = await browser.challenge()
    for _ in range(5):
        await browser.answer(challenge, app.wrong_code())
    assert sign_ins("two_factor") - before == {"wrong_code": 5}


async def test_throttled_codes_are_counted(auth: Auth) -> None:
    _, app = await _alice(auth)
    before = sign_ins("two_factor")
    elsewhere = Browser(auth, "198.51.100.1")
    statuses = []
    while 429 not in statuses:
        challenge = await elsewhere.challenge()
        statuses += [
            (await elsewhere.answer(challenge, app.wrong_code())).status_code for _ in range(4)
        ]
    counted = sign_ins("two_factor") - before
    assert counted["throttled"] == statuses.count(429)
    assert counted["wrong_code"] == statuses.count(401)


async def _alice(auth: Auth) -> tuple[Browser, App]:
    await auth.register()
    browser = await Browser(auth, device="at-home").signed_in()
    return browser, await with_two_factor(browser)
