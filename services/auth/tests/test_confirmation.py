import asyncio

from auth.accounts.hashing import OWASP_PARAMETERS, PasswordHashing
from auth.sessions.live import CONFIRMED_FOR
from auth.throttling import budgets
from services.auth.tests.browsers import (
    HALF_A_MINUTE,
    Browser,
    security_log,
    with_two_factor,
)
from services.auth.tests.service_under_test import PASSWORD, AnotherAuth, Auth, errors_of
from tests.fixtures.clients import refusal

PATH = "/sessions/confirmation"


async def alice(auth: Auth) -> Browser:
    await auth.register()
    return await Browser(auth, device="at-home").signed_in()


async def some_time_later(browser: Browser) -> Browser:
    """The session is still open but no longer recent."""
    browser.auth.clock.advance(seconds=CONFIRMED_FOR.total_seconds() + 1)
    return browser.holding((await browser.renew()).json())


async def is_recent(browser: Browser) -> bool:
    answer = await browser.post("/passkeys/options")
    if answer.status_code == 403:
        assert answer.json()["code"] == "confirmation_required"
    return answer.status_code == 200


async def test_the_password_makes_the_session_recent_again(auth: Auth) -> None:
    browser = await some_time_later(await alice(auth))
    assert not await is_recent(browser)
    answer = await browser.post(PATH, {"password": PASSWORD})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await is_recent(browser)
    assert (await security_log(auth))[-1] == "confirmed"


async def test_each_session_is_recent_for_fifteen_minutes(
    auth: Auth,
) -> None:
    browser = await some_time_later(await alice(auth))
    other = await some_time_later(await Browser(auth).signed_in())
    browser = browser.holding((await browser.renew()).json())
    assert (await browser.post(PATH, {"password": PASSWORD})).status_code == 204
    assert await is_recent(browser)
    assert not await is_recent(other)
    browser = await some_time_later(browser)
    assert not await is_recent(browser)


async def test_confirming_twice_is_allowed(auth: Auth) -> None:
    browser = await some_time_later(await alice(auth))
    for _ in range(2):
        assert (await browser.post(PATH, {"password": PASSWORD})).status_code == 204


async def test_a_wrong_password_is_refused_and_logged(auth: Auth) -> None:
    browser = await some_time_later(await alice(auth))
    answer = await browser.post(PATH, {"password": "another"})
    assert refusal(answer) == (403, "wrong_password")
    assert set(errors_of(answer)) == {"password"}
    assert not await is_recent(browser)
    assert (await security_log(auth))[-1] == "confirmation_failed"


async def test_wrong_passwords_are_counted_and_lead_to_a_wait(auth: Auth) -> None:
    browser = await alice(auth)
    for _ in range(6):
        assert (await browser.post(PATH, {"password": "another"})).status_code == 403
    answer = await browser.post(PATH, {"password": PASSWORD})
    assert refusal(answer) == (429, "too_many_attempts")
    assert answer.headers["retry-after"] == "5"
    auth.clock.advance(seconds=5)
    assert (await browser.post(PATH, {"password": PASSWORD})).status_code == 204


async def test_fifty_parallel_guesses_are_all_counted(parallel_auth: Auth) -> None:
    browser = await alice(parallel_auth)
    answers = await asyncio.gather(
        *(browser.post(PATH, {"password": "another"}) for _ in range(50))
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [403] * 6 + [429] * 44
    assert (await security_log(parallel_auth)).count("confirmation_failed") == 6


async def test_a_password_that_was_not_checked_does_not_count(another_auth: AnotherAuth) -> None:
    # Hashing is slow enough that the next request arrives meanwhile.
    small = PasswordHashing(OWASP_PARAMETERS, at_once=1, waiting=0)
    async with another_auth(committed=True, passwords=small) as auth:
        browser = await alice(auth)
        answers = await asyncio.gather(
            *(browser.post(PATH, {"password": "another"}) for _ in range(5))
        )
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {403, 503}
        [(account_id,)] = await auth.rows("SELECT id FROM accounts")
        counted = dict(await auth.rows("SELECT key, attempts FROM throttles"))
        assert counted[budgets.reauthentications(account_id).key] == statuses.count(403)


async def test_an_account_with_a_second_factor_needs_the_code(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    browser = await some_time_later(browser)
    missing = await browser.post(PATH, {"password": PASSWORD})
    assert (missing.status_code, set(errors_of(missing))) == (400, {"code"})
    both = await browser.post(PATH, {})
    assert (both.status_code, set(errors_of(both))) == (400, {"password", "code"})
    no_code = await browser.post(PATH, {"password": PASSWORD, "code": "12345"})
    assert (no_code.status_code, set(errors_of(no_code))) == (400, {"code"})
    wrong = await browser.post(PATH, {"password": PASSWORD, "code": app.wrong_code()})
    assert refusal(wrong) == (403, "wrong_code")
    assert not await is_recent(browser)
    assert (await security_log(auth))[-1] == "confirmation_failed"
    right = await browser.post(PATH, {"password": PASSWORD, "code": app.code()})
    assert right.status_code == 204
    assert await is_recent(browser)


async def test_a_wrong_password_does_not_use_up_the_code(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    wrong = await browser.post(PATH, {"password": "another", "code": app.code()})
    assert wrong.json()["code"] == "wrong_password"
    assert (await browser.answer(await browser.challenge(), app.code())).status_code == 200


async def test_a_code_that_confirmed_is_used_up(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    proof = {"password": PASSWORD, "code": app.code()}
    assert (await browser.post(PATH, proof)).status_code == 204
    again = await browser.post(PATH, proof)
    assert refusal(again) == (403, "wrong_code")
    recovery = {"password": PASSWORD, "code": app.recovery_codes[0]}
    assert (await browser.post(PATH, recovery)).status_code == 204


async def test_wrong_codes_share_the_budget_of_signing_in(auth: Auth) -> None:
    """A stolen session and password would otherwise provide a second budget."""
    browser = await alice(auth)
    app = await with_two_factor(browser)
    wrong = {"password": PASSWORD, "code": app.wrong_code()}
    for _ in range(6):
        assert (await browser.post(PATH, wrong)).status_code == 403
    challenge = await browser.challenge()
    for _ in range(4):
        assert (await browser.answer(challenge, app.wrong_code())).status_code == 401
    assert (await browser.post(PATH, wrong)).status_code == 403
    assert (await browser.post(PATH, wrong)).status_code == 429
    assert (await browser.answer(challenge, app.code())).status_code == 429
    auth.clock.advance(seconds=HALF_A_MINUTE)
    assert (await browser.answer(challenge, app.code())).status_code == 200


async def test_an_unnecessary_code_is_ignored(auth: Auth) -> None:
    browser = await alice(auth)
    answer = await browser.post(PATH, {"password": PASSWORD, "code": "123456"})
    assert answer.status_code == 204


async def test_an_account_without_a_password_must_confirm_in_another_way(auth: Auth) -> None:
    browser = await alice(auth)
    await auth.execute("UPDATE accounts SET password_hash = NULL")
    answer = await browser.post(PATH, {"password": PASSWORD})
    assert refusal(answer) == (409, "no_password")


async def test_the_password_of_another_account_does_not_confirm(auth: Auth) -> None:
    browser = await alice(auth)
    await auth.register("Charlie", password="a password of their own, pong")
    answer = await browser.post(PATH, {"password": "a password of their own, pong"})
    assert answer.json()["code"] == "wrong_password"


async def test_malformed_bodies_are_refused(auth: Auth) -> None:
    browser = await alice(auth)
    bodies: list[object] = [[], "x"]
    for body in (*bodies, {}, {"password": 5}, {"password": ""}, {"password": "x", "code": 5}):
        answer = await browser.post(PATH, body)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
