import asyncio

import httpx

from services.auth.tests.browsers import (
    App,
    Browser,
    security_log,
    verify_address,
    with_two_factor,
)
from services.auth.tests.counted import sign_ins
from services.auth.tests.mailbox import reset_token
from services.auth.tests.service_under_test import PASSWORD, Auth, errors_of
from tests.fixtures.clients import refusal

ANYWHERE = "198.51.100."


async def alice(auth: Auth) -> tuple[Browser, App]:
    """Alice's signed-in browser and her app."""
    await auth.register()
    browser = await Browser(auth, device="at-home").signed_in()
    return browser, await with_two_factor(browser)


def assert_over(answer: httpx.Response) -> None:
    assert refusal(answer) == (401, "challenge_over")
    assert answer.headers["www-authenticate"] == "Bearer"


def assert_wrong(answer: httpx.Response, left: int) -> None:
    assert refusal(answer) == (401, "wrong_code")
    assert answer.json()["attempts_left"] == left
    assert set(errors_of(answer)) == {"code"}


async def test_the_password_alone_returns_a_challenge(auth: Auth) -> None:
    browser, _ = await alice(auth)
    before = sign_ins("password")
    answer = await browser.sign_in()
    assert sign_ins("password") - before == {"challenged": 1}
    assert answer.status_code == 202
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"challenge", "expires_in"}
    assert answer.json()["expires_in"] == 300
    assert len(answer.json()["challenge"]) == 43
    assert await auth.rows("SELECT count(*) FROM sessions") == [(1,)]


async def test_the_code_answers_the_challenge(auth: Auth) -> None:
    browser, app = await alice(auth)
    answer = await browser.answer(await browser.challenge(), app.code())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (await browser.holding(answer.json()).renew()).status_code == 200
    [(method,)] = await auth.rows(
        "SELECT detail ->> 'method' FROM security_events WHERE action = 'signed_in'"
        " ORDER BY at DESC LIMIT 1"
    )
    assert method == "password"


async def test_a_challenge_is_stored_as_a_digest(auth: Auth) -> None:
    browser, _ = await alice(auth)
    challenge = await browser.challenge()
    stored = str(await auth.rows("SELECT two_factor_challenges::text FROM two_factor_challenges"))
    assert challenge not in stored
    assert challenge not in str(auth.log.events)


async def test_a_challenge_is_answered_once(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    assert (await browser.answer(challenge, app.code())).status_code == 200
    assert_over(await browser.answer(challenge, app.next_code()))


async def test_a_challenge_expires_after_five_minutes(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    auth.clock.advance(minutes=5)
    assert_over(await browser.answer(challenge, app.code()))
    challenge = await browser.challenge()
    auth.clock.advance(minutes=4.99)
    assert (await browser.answer(challenge, app.code())).status_code == 200


async def test_the_fifth_wrong_code_ends_the_challenge(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    for left in (4, 3, 2, 1):
        assert_wrong(await browser.answer(challenge, app.wrong_code()), left)
    assert_over(await browser.answer(challenge, app.wrong_code()))
    assert_over(await browser.answer(challenge, app.code()))
    assert (await browser.answer(await browser.challenge(), app.code())).status_code == 200


async def test_the_right_code_at_the_last_try_signs_in(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    for left in (4, 3, 2, 1):
        assert_wrong(await browser.answer(challenge, app.wrong_code()), left)
    assert (await browser.answer(challenge, app.code())).status_code == 200


async def test_an_input_that_is_no_code_does_not_count_as_a_try(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    for odd in ("", "12345", "1234567", "abcdef", "x" * 1000, "12345é"):
        answer = await browser.answer(challenge, odd)
        assert (answer.status_code, set(errors_of(answer))) == (400, {"code"})
    assert_wrong(await browser.answer(challenge, app.wrong_code()), 4)


async def test_unknown_challenges_are_refused(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    for odd in ("", "x", "\x00", challenge[:-1], challenge + "x", challenge.swapcase()):
        assert_over(await browser.answer(odd, app.code()))
    assert (await browser.answer(challenge, app.code())).status_code == 200


async def test_a_code_of_another_account_is_refused(auth: Auth) -> None:
    browser, _ = await alice(auth)
    await auth.register("Charlie")
    charlies = await with_two_factor(await Browser(auth).signed_in("Charlie"))
    challenge = await browser.challenge()
    assert_wrong(await browser.answer(challenge, charlies.code()), 4)
    assert_wrong(await browser.answer(challenge, charlies.recovery_codes[0]), 3)


async def test_tries_are_counted_per_challenge(auth: Auth) -> None:
    browser, app = await alice(auth)
    first, second = await browser.challenge(), await browser.challenge()
    assert_wrong(await browser.answer(first, app.wrong_code()), 4)
    assert_wrong(await browser.answer(second, app.wrong_code()), 4)
    assert (await browser.answer(first, app.code())).status_code == 200
    assert (await browser.answer(second, app.next_code())).status_code == 200


async def test_guesses_over_many_challenges_are_throttled(auth: Auth) -> None:
    """An attacker with the password may guess from any address."""
    browser, app = await alice(auth)
    guessed = 0
    for number in range(3):
        guesser = Browser(auth, f"{ANYWHERE}{number}")
        challenge = await guesser.challenge()
        for _ in range(4):
            answer = await guesser.answer(challenge, app.wrong_code())
            guessed += answer.status_code == 401
    assert guessed == 11
    assert refusal(answer) == (429, "too_many_attempts")
    assert answer.headers["retry-after"] == "5"
    # The owner does not wait on a known device.
    assert (await browser.answer(await browser.challenge(), app.code())).status_code == 200
    # On another device she waits for a while; the refusal did not count as a try.
    new = Browser(auth, ANYWHERE + "99", "a-new-phone")
    challenge = await new.challenge()
    assert (await new.answer(challenge, app.next_code())).status_code == 200


async def test_password_resets_do_not_allow_more_guesses(auth: Auth) -> None:
    """An attacker who reads the mail makes a device known by a reset,
    without having signed in on it."""
    _, app = await alice(auth)
    await verify_address(auth)
    guessed = 0
    for number in range(3):
        thief = Browser(auth, f"{ANYWHERE}{number}", f"a-thiefs-phone-{number}")
        chosen = {"token": await reset_token(auth, "Alice@example.org"), "password": PASSWORD}
        assert (await thief.post("/password/resets", chosen)).status_code == 204
        challenge = await thief.challenge()
        for _ in range(5):
            guessed += (await thief.answer(challenge, app.wrong_code())).status_code == 401
    assert guessed == 11


async def test_the_owner_on_a_new_device_waits_and_then_signs_in(auth: Auth) -> None:
    _, app = await alice(auth)
    guesser = Browser(auth, ANYWHERE + "1")
    for _ in range(3):
        challenge = await guesser.challenge()
        for _ in range(4):
            await guesser.answer(challenge, app.wrong_code())
    new = Browser(auth, ANYWHERE + "99", "a-new-phone")
    challenge = await new.challenge()
    for _ in range(8):
        assert (await new.answer(challenge, app.code())).status_code == 429
    auth.clock.advance(seconds=5)
    assert (await new.answer(challenge, app.code())).status_code == 200


async def test_a_day_of_guessing_is_a_few_guesses(parallel_auth: Auth) -> None:
    _, app = await alice(parallel_auth)
    guesser = Browser(parallel_auth, ANYWHERE + "1")
    guesses = 0
    for _ in range(48):
        challenge = await guesser.challenge()
        while (await guesser.answer(challenge, app.wrong_code())).status_code == 401:
            guesses += 1
            if guesses % 4 == 0:
                break
        parallel_auth.clock.advance(minutes=30)
    assert 24 <= guesses <= 45


async def test_of_fifty_parallel_guesses_five_count(parallel_auth: Auth) -> None:
    browser, app = await alice(parallel_auth)
    challenge = await browser.challenge()
    answers = await asyncio.gather(
        *(browser.answer(challenge, app.wrong_code()) for _ in range(50))
    )
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("wrong_code") == 4
    assert codes.count("challenge_over") == 46
    [(attempts,)] = await parallel_auth.rows("SELECT attempts FROM two_factor_challenges")
    assert attempts == 5


async def test_fifty_parallel_right_answers_start_one_session(parallel_auth: Auth) -> None:
    browser, app = await alice(parallel_auth)
    challenge = await browser.challenge()
    answers = await asyncio.gather(*(browser.answer(challenge, app.code()) for _ in range(50)))
    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} == {200, 401}
    assert await parallel_auth.rows("SELECT count(*) FROM sessions") == [(2,)]


async def test_two_parallel_right_answers_start_one_session(parallel_auth: Auth) -> None:
    """One is a code of the app, the other a recovery code, so both are right."""
    browser, app = await alice(parallel_auth)
    challenge = await browser.challenge()
    codes = [app.code(), *app.recovery_codes[:4]]
    answers = await asyncio.gather(*(browser.answer(challenge, code) for code in codes))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 4


async def test_wrong_codes_are_in_the_security_log(auth: Auth) -> None:
    browser, app = await alice(auth)
    await browser.answer(await browser.challenge(), app.wrong_code())
    assert (await security_log(auth)).count("second_factor_failed") == 1
    [event] = [e for e in auth.log.of("user-login") if e.get("event.reason") == "wrong_code"]
    assert event["event.outcome"] == "failure"
    assert app.wrong_code() not in str(auth.log.events)


async def test_disabling_two_factor_ends_open_challenges(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    await browser.post("/two-factor/disable", {"password": PASSWORD, "code": app.code()})
    assert_over(await browser.answer(challenge, app.next_code()))


async def test_ending_all_sessions_ends_open_challenges(auth: Auth) -> None:
    """A person with the old password must not complete a sign-in just after it was changed."""
    browser, app = await alice(auth)
    challenge = await Browser(auth, ANYWHERE + "1").challenge()
    assert (await browser.delete("/sessions")).status_code == 204
    assert_over(await browser.answer(challenge, app.code()))


async def test_challenges_are_deleted_with_their_account(auth: Auth) -> None:
    browser, app = await alice(auth)
    challenge = await browser.challenge()
    await auth.execute("DELETE FROM accounts")
    assert_over(await browser.answer(challenge, app.code()))
