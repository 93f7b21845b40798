import asyncio
from itertools import combinations
from math import log2
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from auth.mail.messages import Notice
from auth.two_factor import codes
from auth.two_factor.codes import LETTERS, RECOVERY_ALPHABET, TypedCode
from services.auth.tests.browsers import (
    App,
    Browser,
    security_log,
    verify_address,
    with_two_factor,
)
from services.auth.tests.service_under_test import PASSWORD, Auth
from tests.fixtures.clients import refusal

LOOK_ALIKES = ("0o", "1il", "2z", "5s", "8b", "uv")


async def alice(auth: Auth) -> tuple[Browser, App]:
    await auth.register()
    await verify_address(auth)
    browser = await Browser(auth, device="at-home").signed_in()
    return browser, await with_two_factor(browser)


async def left(browser: Browser) -> int:
    found: int = (await browser.get("/two-factor")).json()["recovery_codes_left"]
    return found


def test_codes_are_long_random_and_readable() -> None:
    made = [code for _ in range(50) for code in codes.new_recovery_codes()]
    assert len(set(made)) == 500
    assert LETTERS * log2(len(RECOVERY_ALPHABET)) >= 64
    assert {tuple(map(len, code.split("-"))) for code in made} == {(4, 4, 4, 4)}
    assert set("".join(made)) == set(RECOVERY_ALPHABET) | {"-"}
    for group in LOOK_ALIKES:
        assert len(set(group) & set(RECOVERY_ALPHABET)) <= 1, group
    assert len(RECOVERY_ALPHABET) == len(set(RECOVERY_ALPHABET))


def test_digests_differ_by_code_and_account() -> None:
    made = [codes.parse_code(code) for code in codes.new_recovery_codes()[:2]]
    digests = [
        codes.recovery_code_digest(account, code)
        for account in (uuid4(), uuid4())
        for code in made
        if code
    ]
    assert all(a != b for a, b in combinations(digests, 2))
    assert len(digests) == 4


@given(st.text(max_size=80))
def test_any_input_is_a_code_or_none(typed: str) -> None:
    code = codes.parse_code(typed)
    assert code is None or len(code.text) in {6, 16}


@given(st.text(RECOVERY_ALPHABET, min_size=16, max_size=16), st.integers(1, 15))
def test_a_code_is_read_in_any_grouping_and_case(letters: str, at: int) -> None:
    code = TypedCode(letters, is_recovery=True)
    for form in (letters, letters.upper(), f" {letters[:at]} {letters[at:]}\n"):
        assert codes.parse_code(form) == code
        assert codes.parse_code(f"{form[:at]}-{form[at:]}") == code


async def test_a_recovery_code_signs_in_once(auth: Auth) -> None:
    browser, app = await alice(auth)
    code = app.recovery_codes[0]
    assert (await browser.answer(await browser.challenge(), code)).status_code == 200
    again = await browser.answer(await browser.challenge(), code)
    assert refusal(again) == (401, "wrong_code")
    assert await left(browser) == 9


async def test_each_of_ten_codes_works_and_an_eleventh_does_not(auth: Auth) -> None:
    browser, app = await alice(auth)
    for code in app.recovery_codes:
        assert (await browser.answer(await browser.challenge(), code)).status_code == 200
    assert await left(browser) == 0
    for code in app.recovery_codes[:2]:
        assert (await browser.answer(await browser.challenge(), code)).status_code == 401


async def test_a_recovery_code_is_read_as_people_type_it(auth: Auth) -> None:
    browser, app = await alice(auth)
    first, second, third, *_ = app.recovery_codes
    for typed in (first.upper(), second.replace("-", " "), third.replace("-", "")):
        assert (await browser.answer(await browser.challenge(), typed)).status_code == 200


async def test_an_invented_recovery_code_is_wrong(auth: Auth) -> None:
    browser, _ = await alice(auth)
    answer = await browser.answer(await browser.challenge(), codes.new_recovery_codes()[0])
    assert (answer.status_code, answer.json()["attempts_left"]) == (401, 4)
    assert await left(browser) == 10


async def test_only_digests_are_stored(auth: Auth) -> None:
    browser, app = await alice(auth)
    stored = str(await auth.rows("SELECT recovery_codes::text FROM recovery_codes"))
    for code in app.recovery_codes:
        assert code not in stored
        assert code.replace("-", "") not in stored
        assert code.replace("-", "").encode().hex() not in stored
        assert code not in str(auth.log.events)
    await browser.answer(await browser.challenge(), app.recovery_codes[0])
    assert app.recovery_codes[0] not in str(auth.log.events)


async def test_fifty_parallel_uses_of_a_recovery_code_count_once(parallel_auth: Auth) -> None:
    """With as many challenges as the budget of wrong codes allows, and several times with each."""
    browser, app = await alice(parallel_auth)
    challenges = [await browser.challenge() for _ in range(10)]
    code = app.recovery_codes[0]
    answers = await asyncio.gather(
        *(browser.answer(challenge, code) for challenge in challenges * 5)
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} <= {200, 401, 429}
    assert await left(browser) == 9
    assert (await security_log(parallel_auth)).count("recovery_code_used") == 1


async def test_the_owner_is_told_how_many_codes_are_left(auth: Auth) -> None:
    browser, app = await alice(auth)
    for code in app.recovery_codes[:9]:
        await browser.answer(await browser.challenge(), code)
    notices = [
        letter
        for letter in await auth.letters("Alice@example.org")
        if isinstance(letter, Notice) and letter.action == "recovery_code_used"
    ]
    assert notices[0].detail == "9 recovery codes are left"
    assert notices[-1].detail == "1 recovery code is left"
    assert notices[0].address == browser.address
    rows = await auth.rows(
        "SELECT detail ->> 'left' FROM security_events WHERE action = 'recovery_code_used'"
        " ORDER BY at, id"
    )
    assert [int(count) for (count,) in rows] == [9, 8, 7, 6, 5, 4, 3, 2, 1]


async def test_new_codes_replace_the_old_ones(auth: Auth) -> None:
    browser, app = await alice(auth)
    await browser.answer(await browser.challenge(), app.recovery_codes[0])
    answer = await browser.post(
        "/two-factor/recovery-codes", {"password": PASSWORD, "code": app.code()}
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    new = answer.json()["recovery_codes"]
    assert len(set(new) - set(app.recovery_codes)) == 10
    assert await left(browser) == 10
    challenge = await browser.challenge()
    for code in app.recovery_codes[:3]:
        assert (await browser.answer(challenge, code)).status_code == 401
    assert (await browser.answer(challenge, new[0])).status_code == 200


async def test_a_recovery_code_may_request_new_ones(auth: Auth) -> None:
    browser, app = await alice(auth)
    answer = await browser.post(
        "/two-factor/recovery-codes", {"password": PASSWORD, "code": app.recovery_codes[0]}
    )
    assert answer.status_code == 200
    assert await left(browser) == 10


async def test_fifty_parallel_requests_get_new_codes_once(parallel_auth: Auth) -> None:
    browser, app = await alice(parallel_auth)
    await parallel_auth.execute("UPDATE accounts SET password_hash = NULL")
    await parallel_auth.execute("UPDATE sessions SET confirmed_at = '2999-01-01'")
    answers = await asyncio.gather(
        *(browser.post("/two-factor/recovery-codes", {"code": app.code()}) for _ in range(50))
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) == {200, 403, 429}
    assert await left(browser) == 10
