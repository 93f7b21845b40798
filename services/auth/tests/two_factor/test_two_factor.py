import asyncio
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pyotp
import pytest
from cryptography.fernet import Fernet, MultiFernet
from pydantic import SecretStr
from sqlalchemy import text

from auth.mail.messages import Notice
from auth.settings import AuthSettings
from auth.two_factor.qr import qr_svg
from services.auth.tests.browsers import (
    HALF_A_MINUTE,
    App,
    Browser,
    security_log,
    verify_address,
    with_two_factor,
)
from services.auth.tests.service_under_test import (
    ENCRYPTION_KEY,
    PASSWORD,
    Auth,
    errors_of,
    running,
    settings_for,
)
from tests.fixtures.clients import refusal
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase

FORGET_SIGNING_KEYS = text("DELETE FROM signing_keys")
WRITES = (
    ("/two-factor/setup", {"password": PASSWORD}),
    ("/two-factor", {"password": PASSWORD, "code": "123456"}),
    ("/two-factor/disable", {"password": PASSWORD, "code": "123456"}),
    ("/two-factor/recovery-codes", {"password": PASSWORD, "code": "123456"}),
)


async def alice(auth: Auth) -> Browser:
    await auth.register()
    return await Browser(auth).signed_in()


async def set_up(browser: Browser) -> App:
    answer = await browser.post("/two-factor/setup", {"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return App(browser.auth, answer.json()["secret"])


async def status(browser: Browser) -> dict[str, object]:
    answer = await browser.get("/two-factor")
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_the_setup_returns_a_secret_an_address_and_a_qr_code(auth: Auth) -> None:
    browser = await alice(auth)
    answer = await browser.post("/two-factor/setup", {"password": PASSWORD})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    setup = answer.json()
    assert set(setup) == {"secret", "uri", "qr_svg"}
    assert re.fullmatch("[A-Z2-7]{32}", setup["secret"])
    uri = urlsplit(setup["uri"])
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Transcendence:Alice")
    assert parse_qs(uri.query) == {"secret": [setup["secret"]], "issuer": ["Transcendence"]}
    assert setup["qr_svg"] == qr_svg(setup["uri"])


def test_the_qr_code_is_scalable_black_on_white_with_a_margin() -> None:
    svg = ET.fromstring(qr_svg("otpauth://totp/Alice"))  # noqa: S314 - our own
    assert set(svg.attrib) == {"viewBox"}
    size = int(svg.attrib["viewBox"].split()[2])
    background, modules = svg
    assert background.attrib == {"fill": "#fff", "d": f"M0 0h{size}v{size}h-{size}z"}
    assert modules.attrib["stroke"] == "#000"
    assert modules.attrib["d"].startswith("M4 4.5h7")
    assert "style" not in qr_svg("otpauth://totp/Alice")


async def test_the_secret_is_inactive_before_its_first_code(auth: Auth) -> None:
    browser = await alice(auth)
    await set_up(browser)
    assert await status(browser) == {
        "enabled": False,
        "enabled_at": None,
        "recovery_codes_left": 0,
    }
    assert (await browser.sign_in()).status_code == 200


async def test_the_first_code_enables_two_factor(auth: Auth) -> None:
    browser = await alice(auth)
    app = await set_up(browser)
    answer = await browser.post("/two-factor", {"password": PASSWORD, "code": app.code()})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.json()["recovery_codes"]) == 10
    assert await status(browser) == {
        "enabled": True,
        "enabled_at": auth.clock.now.isoformat().replace("+00:00", "Z"),
        "recovery_codes_left": 10,
    }
    assert (await browser.sign_in()).status_code == 202


async def test_the_first_code_cannot_be_used_to_sign_in(auth: Auth) -> None:
    browser = await alice(auth)
    app = await set_up(browser)
    await browser.post("/two-factor", {"password": PASSWORD, "code": app.code()})
    challenge = await browser.challenge()
    assert (await browser.answer(challenge, app.code())).status_code == 401
    assert (await browser.answer(challenge, app.next_code())).status_code == 200


async def test_another_setup_replaces_the_pending_secret(auth: Auth) -> None:
    browser = await alice(auth)
    first, second = await set_up(browser), await set_up(browser)
    old = await browser.post("/two-factor", {"password": PASSWORD, "code": first.code()})
    assert old.status_code == 403
    new = await browser.post("/two-factor", {"password": PASSWORD, "code": second.code()})
    assert new.status_code == 201


async def test_a_wrong_first_code_is_refused_and_may_be_retried(auth: Auth) -> None:
    browser = await alice(auth)
    app = await set_up(browser)
    for code in (app.wrong_code(), app.code(-2), app.code(2), "3679-acde-fghj-kmnp"):
        answer = await browser.post("/two-factor", {"password": PASSWORD, "code": code})
        assert refusal(answer) == (403, "wrong_code")
        assert set(errors_of(answer)) == {"code"}
    answer = await browser.post("/two-factor", {"password": PASSWORD, "code": app.code(1)})
    assert answer.status_code == 201


async def test_a_code_without_a_secret_is_refused(auth: Auth) -> None:
    browser = await alice(auth)
    answer = await browser.post("/two-factor", {"password": PASSWORD, "code": "123456"})
    assert refusal(answer) == (409, "no_setup")


async def test_enabled_two_factor_cannot_be_set_up_again(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    for path in ("/two-factor/setup", "/two-factor"):
        answer = await browser.post(path, {"password": PASSWORD, "code": app.code()})
        assert refusal(answer) == (409, "two_factor_on")
    assert (await browser.answer(await browser.challenge(), app.code())).status_code == 200


async def test_the_secret_is_stored_encrypted(auth: Auth) -> None:
    browser = await alice(auth)
    app = await set_up(browser)
    [(stored,)] = await auth.rows("SELECT sealed_secret FROM two_factor")
    assert app.secret.encode() not in stored
    assert Fernet(ENCRYPTION_KEY).decrypt(stored).decode() == app.secret
    assert app.secret not in str(auth.log.events)


async def test_the_secret_is_encrypted_with_the_newest_key_after_its_next_use(
    auth_database: ServiceDatabase,
) -> None:
    new_key, clock = Fernet.generate_key().decode(), HandClock()

    def settings(*keys: str) -> AuthSettings:
        return settings_for(auth_database.url, auth_encryption_key=SecretStr(",".join(keys)))

    async with auth_database.committed() as db:
        async with running(settings(ENCRYPTION_KEY), db, clock=clock) as auth:
            app = await with_two_factor(await alice(auth))
        async with running(settings(new_key, ENCRYPTION_KEY), db, clock=clock) as auth:
            app.auth = auth
            browser = Browser(auth)
            challenge = await browser.challenge()
            assert (await browser.answer(challenge, app.code())).status_code == 200
            [(stored,)] = await auth.rows("SELECT sealed_secret FROM two_factor")
    assert MultiFernet([Fernet(new_key)]).decrypt(stored).decode() == app.secret


async def test_recovery_codes_work_without_the_key_of_the_secret(
    auth_database: ServiceDatabase,
) -> None:
    clock = HandClock()
    other = SecretStr(Fernet.generate_key().decode())
    async with auth_database.committed() as db:
        async with running(settings_for(auth_database.url), db, clock=clock) as auth:
            app = await with_two_factor(await alice(auth))
        # The signing keys were encrypted with it, too.
        async with db.get_session() as session, session.begin():
            await session.execute(FORGET_SIGNING_KEYS)
        settings = settings_for(auth_database.url, auth_encryption_key=other)
        async with running(settings, db, clock=clock) as auth:
            browser, challenge = Browser(auth), await Browser(auth).challenge()
            assert (await browser.answer(challenge, app.code())).status_code == 500
            assert (await browser.answer(challenge, app.recovery_codes[0])).status_code == 200


async def test_password_and_code_disable_two_factor(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    answer = await browser.post("/two-factor/disable", {"password": PASSWORD, "code": app.code()})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await status(browser))["enabled"] is False
    assert (await browser.sign_in()).status_code == 200
    for table in ("two_factor", "recovery_codes", "two_factor_challenges"):
        assert await auth.rows(f"SELECT * FROM {table}") == []  # noqa: S608 - a constant


async def test_a_recovery_code_disables_two_factor(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    answer = await browser.post(
        "/two-factor/disable", {"password": PASSWORD, "code": app.recovery_codes[3]}
    )
    assert answer.status_code == 204


async def test_disabled_two_factor_cannot_be_disabled(auth: Auth) -> None:
    browser = await alice(auth)
    for path in ("/two-factor/disable", "/two-factor/recovery-codes"):
        answer = await browser.post(path, {"password": PASSWORD, "code": "123456"})
        assert refusal(answer) == (409, "two_factor_off")
    await set_up(browser)
    answer = await browser.post("/two-factor/disable", {"password": PASSWORD, "code": "123456"})
    assert answer.json()["code"] == "two_factor_off"


@pytest.mark.parametrize("path", ["/two-factor/disable", "/two-factor/recovery-codes"])
async def test_changes_need_password_and_code(auth: Auth, path: str) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    no_password = await browser.post(path, {"code": app.code()})
    assert (no_password.status_code, set(errors_of(no_password))) == (400, {"password"})
    no_code = await browser.post(path, {"password": PASSWORD})
    assert (no_code.status_code, set(errors_of(no_code))) == (400, {"code"})
    wrong_password = await browser.post(path, {"password": "another", "code": app.code()})
    assert refusal(wrong_password) == (403, "wrong_password")
    wrong_code = await browser.post(path, {"password": PASSWORD, "code": app.wrong_code()})
    assert refusal(wrong_code) == (403, "wrong_code")
    assert set(errors_of(wrong_code)) == {"code"}
    assert (await status(browser))["recovery_codes_left"] == 10
    # None of these attempts has used up the code.
    right = await browser.post(path, {"password": PASSWORD, "code": app.code()})
    assert right.status_code in {200, 204}


async def test_the_setup_needs_the_password(auth: Auth) -> None:
    browser = await alice(auth)
    answer = await browser.post("/two-factor/setup", {})
    assert (answer.status_code, set(errors_of(answer))) == (400, {"password"})
    answer = await browser.post("/two-factor/setup", {"password": "another"})
    assert refusal(answer) == (403, "wrong_password")
    assert await auth.rows("SELECT * FROM two_factor") == []


async def test_an_account_without_a_password_needs_a_recent_session(auth: Auth) -> None:
    browser = await alice(auth)
    await auth.execute("UPDATE accounts SET password_hash = NULL")
    setup = await browser.post("/two-factor/setup", {})
    app = App(auth, setup.json()["secret"])
    assert (await browser.post("/two-factor", {"code": app.code()})).status_code == 201
    auth.clock.advance(minutes=16)
    browser = browser.holding((await browser.renew()).json())
    old = await browser.post("/two-factor/disable", {"code": app.code()})
    assert refusal(old) == (403, "confirmation_required")
    await auth.execute("UPDATE sessions SET confirmed_at = renewed_at")
    assert (await browser.post("/two-factor/disable", {"code": app.code()})).status_code == 204


async def test_codes_are_read_in_other_forms(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    for form in ("{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", " {0} ", "{0}\n"):
        challenge = await browser.challenge()
        answer = await browser.answer(challenge, form.format(app.next_code()))
        assert answer.status_code == 200
    full_width = app.next_code().translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert (await browser.answer(await browser.challenge(), full_width)).status_code == 200


async def test_a_code_is_valid_one_step_before_and_after(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    for steps, expected in ((-2, 401), (2, 401), (-1, 200), (0, 200), (1, 200)):
        auth.clock.advance(seconds=4 * HALF_A_MINUTE)
        answer = await browser.answer(await browser.challenge(), app.code(steps))
        assert answer.status_code == expected


async def test_a_code_works_once_and_invalidates_earlier_ones(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    auth.clock.advance(minutes=5)
    assert (await browser.answer(await browser.challenge(), app.code())).status_code == 200
    for steps in (0, -1):
        answer = await browser.answer(await browser.challenge(), app.code(steps))
        assert refusal(answer) == (401, "wrong_code")
    assert (await browser.answer(await browser.challenge(), app.code(1))).status_code == 200
    assert (await browser.answer(await browser.challenge(), app.code(0))).status_code == 401


async def test_one_code_in_parallel_challenges_signs_in_once(parallel_auth: Auth) -> None:
    """As many challenges as the budget of wrong codes allows."""
    browser = await alice(parallel_auth)
    app = await with_two_factor(browser)
    challenges = [await browser.challenge() for _ in range(8)]
    answers = await asyncio.gather(
        *(browser.answer(challenge, app.code()) for challenge in challenges)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


async def test_fifty_parallel_requests_enable_two_factor_once(parallel_auth: Auth) -> None:
    browser = await alice(parallel_auth)
    app = await set_up(browser)
    await parallel_auth.execute("UPDATE accounts SET password_hash = NULL")
    answers = await asyncio.gather(
        *(browser.post("/two-factor", {"code": app.code()}) for _ in range(50))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert await parallel_auth.rows("SELECT count(*) FROM recovery_codes") == [(10,)]
    assert (await security_log(parallel_auth)).count("two_factor_enabled") == 1


async def test_many_parallel_requests_disable_two_factor_once(parallel_auth: Auth) -> None:
    browser = await alice(parallel_auth)
    app = await with_two_factor(browser)
    await parallel_auth.execute("UPDATE accounts SET password_hash = NULL")
    await parallel_auth.execute("UPDATE sessions SET confirmed_at = '2999-01-01'")
    answers = await asyncio.gather(
        *(browser.post("/two-factor/disable", {"code": app.code()}) for _ in range(8))
    )
    assert min(answer.status_code for answer in answers) == 204
    assert {answer.status_code for answer in answers} <= {204, 403, 409}
    assert (await security_log(parallel_auth)).count("two_factor_disabled") == 1


async def test_fifty_parallel_setups_leave_one_secret(parallel_auth: Auth) -> None:
    browser = await alice(parallel_auth)
    await parallel_auth.execute("UPDATE accounts SET password_hash = NULL")
    answers = await asyncio.gather(*(browser.post("/two-factor/setup", {}) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    codes = [pyotp.TOTP(a.json()["secret"]).at(parallel_auth.clock.now) for a in answers]
    enabled = [(await browser.post("/two-factor", {"code": code})).status_code for code in codes]
    assert enabled.count(201) == 1


async def test_the_owner_is_mailed_about_every_change(auth: Auth) -> None:
    browser = await alice(auth)
    await verify_address(auth)
    app = await with_two_factor(browser)
    await browser.post("/two-factor/recovery-codes", {"password": PASSWORD, "code": app.code()})
    await browser.post("/two-factor/disable", {"password": PASSWORD, "code": app.next_code()})
    expected = ["two_factor_enabled", "recovery_codes_renewed", "two_factor_disabled"]
    notices = [each for each in await auth.letters("Alice@example.org") if isinstance(each, Notice)]
    assert [notice.action for notice in notices] == expected
    assert {notice.address for notice in notices} == {browser.address}
    assert [action for action in await security_log(auth) if action in expected] == expected


async def test_an_unverified_address_gets_no_mail(auth: Auth) -> None:
    await with_two_factor(await alice(auth))
    letters = await auth.letters("Alice@example.org")
    assert not [letter for letter in letters if isinstance(letter, Notice)]


async def test_enabling_two_factor_keeps_sessions_and_protects_the_next_sign_in(auth: Auth) -> None:
    browser = await alice(auth)
    other = await Browser(auth, device="phone").signed_in()
    await with_two_factor(browser)
    assert (await other.renew()).status_code == 200
    assert (await other.sign_in()).status_code == 202


async def test_a_player_can_change_only_their_own_second_factor(auth: Auth) -> None:
    browser = await alice(auth)
    app = await with_two_factor(browser)
    await auth.register("Charlie")
    charlie = await Browser(auth).signed_in("Charlie")
    answer = await charlie.post("/two-factor/disable", {"password": PASSWORD, "code": app.code()})
    assert refusal(answer) == (409, "two_factor_off")
    assert (await status(charlie))["enabled"] is False
    assert (await status(browser))["enabled"] is True


@pytest.mark.parametrize(("path", "body"), WRITES)
async def test_malformed_bodies_are_refused(auth: Auth, path: str, body: dict[str, str]) -> None:
    browser = await alice(auth)
    bodies: list[object] = [[], "x", 5, body | {"password": 5}]
    if "code" in body:
        bodies += [body | {"code": odd} for odd in (5, None, "", "12345", "1234567", "x" * 9999)]
    for odd in bodies:
        answer = await browser.post(path, odd)
        assert answer.status_code == 400, odd
        assert answer.headers["content-type"] == "application/problem+json"
