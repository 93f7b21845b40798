"""Reauthentication: requested when auth requires it, with the account's methods, and
back to the previous page."""

import httpx
import pytest
from litestar import Litestar, get, post

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.services import StandIns
from tests.stand_ins.sign_in_methods import CEREMONY, Passkeys
from ui.clients.backend import ProblemBody, Refused
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE

PASSWORD = "alice likes pong"
CODE = "123456"
JSON = {"Accept": "application/json"}
HERE = "https://pong.test"


def refusal(status: int, code: str) -> Refused:
    return Refused(status, ProblemBody(code=code), retry_after_seconds=5)


async def may_link(browser: httpx.AsyncClient) -> bool:
    answer = await browser.post("/sign-in/with/github", data={"intent": "link"})
    return answer.status_code == 200


@get("/needs-proof")
async def page_that_needs_proof() -> None:
    raise refusal(403, "confirmation_required")


@post("/needs-proof/now")
async def form_that_needs_proof() -> None:
    raise refusal(403, "confirmation_required")


@get("/session-over")
async def page_of_an_ended_session() -> None:
    raise refusal(401, "session_over")


@pytest.fixture(scope="module")
def the_pages(built_stand_ins: StandIns) -> Litestar:
    app = built_stand_ins.pages()
    for page in (page_that_needs_proof, form_that_needs_proof, page_of_an_ended_session):
        app.register(page)
    return app


async def test_a_page_that_needs_it_leads_through_reauthentication_back_to_itself(
    alice: httpx.AsyncClient,
) -> None:
    answer = await alice.get("/needs-proof?a=b")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/confirm?next=%2Fneeds-proof%3Fa%3Db"


async def test_a_form_that_needs_it_leads_back_to_its_page(
    alice: httpx.AsyncClient,
) -> None:
    headers = {"Referer": f"{HERE}/settings/sign-in?a=b"}
    answer = await alice.post("/needs-proof/now", headers=headers)
    assert answer.headers["location"] == "/confirm?next=%2Fsettings%2Fsign-in%3Fa%3Db"


@pytest.mark.parametrize(
    "referrer",
    ["", "https://evil.example/settings", f"{HERE}//evil.example", "https://[", "/settings"],
)
async def test_a_form_with_a_foreign_referrer_leads_to_reauthentication_only(
    alice: httpx.AsyncClient, referrer: str
) -> None:
    answer = await alice.post("/needs-proof/now", headers={"Referer": referrer})
    assert answer.headers["location"] == "/confirm"


async def test_htmx_is_redirected_to_the_page(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/needs-proof", headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == "/confirm?next=%2Fneeds-proof"


async def test_a_script_is_told_that_reauthentication_is_required(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/needs-proof", headers=JSON)
    assert answer.status_code == 403
    assert answer.json()["code"] == "confirmation_required"


async def test_an_ended_session_is_forgotten_although_its_token_is_valid(
    alice: httpx.AsyncClient,
) -> None:
    answer = await alice.get("/session-over")
    assert answer.headers["location"] == "/sign-in?next=%2Fsession-over"
    assert not {ACCESS_COOKIE, REFRESH_COOKIE} & set(alice.cookies)
    assert (await alice.get("/sign-in")).status_code == 200


async def test_a_visitor_signs_in_first(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/confirm")
    assert answer.headers["location"] == "/sign-in?next=%2Fconfirm"


async def test_only_methods_of_the_account_are_offered(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    page = (await alice.get("/confirm")).text
    assert 'id="password"' in page
    for other in ('id="code"', "data-passkey=", "Confirm with"):
        assert other not in page
    person = auth.people["Alice"]
    person.password, person.identities = None, {"github"}
    own_accounts.add_passkey("Key")
    page = (await alice.get("/confirm?next=/matches")).text
    assert 'id="password"' not in page
    assert "data-passkey=" in page
    assert 'name="intent" value="confirm"' in page
    assert 'formaction="/sign-in/with/github">Confirm with GitHub' in page
    assert "with 42" not in page


async def test_the_password_confirms_and_leads_on(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.let_time_pass()
    form = {"password": PASSWORD, "next": "/matches?mode=ai"}
    answer = await alice.post("/confirm", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/matches?mode=ai")
    assert "Confirmed." in (await alice.get("/matches")).text
    assert await may_link(alice)


async def test_confirming_never_leads_to_another_site(alice: httpx.AsyncClient) -> None:
    form = {"password": PASSWORD, "next": "https://evil.example"}
    answer = await alice.post("/confirm", data=form)
    assert answer.headers["location"] == "/settings/sign-in"


async def test_a_wrong_password_is_reported_at_the_field(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/confirm", data={"password": "not this", "next": "/matches"})
    assert answer.status_code == 403
    assert 'id="password-error">This password is wrong.' in answer.text
    assert 'value="/matches"' in answer.text
    assert "not this" not in answer.text.replace("is not", "")


async def test_an_account_with_two_factor_needs_the_code(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.people["Alice"].code = CODE
    answer = await alice.post("/confirm", data={"password": PASSWORD})
    assert answer.status_code == 400
    assert 'id="code-error">Enter the code' in answer.text
    answer = await alice.post("/confirm", data={"password": PASSWORD, "code": "000000"})
    assert answer.status_code == 403
    assert 'id="code-error">This code is wrong or was already used.' in answer.text
    answer = await alice.post("/confirm", data={"password": PASSWORD, "code": "123 456"})
    assert answer.status_code == 303


async def test_too_many_attempts_are_reported(alice: httpx.AsyncClient, auth: StandInAuth) -> None:
    auth.limited = frozenset({"confirmation"})
    answer = await alice.post("/confirm", data={"password": PASSWORD})
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text


async def test_an_ended_session_cannot_be_confirmed(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.end_sessions()
    answer = await alice.post("/confirm", data={"password": PASSWORD})
    assert answer.headers["location"] == "/sign-in"
    assert ACCESS_COOKIE not in alice.cookies


async def test_a_passkey_confirms(
    alice: httpx.AsyncClient, auth: StandInAuth, passkeys: Passkeys
) -> None:
    passkeys.owners["alices"] = auth.people["Alice"]
    auth.let_time_pass()
    asked = await alice.post("/confirm/passkey/options", headers=JSON)
    body = {
        "ceremony": asked.json()["ceremony"],
        "credential": {"id": "alices"},
        "next": "/matches",
    }
    answer = await alice.post("/confirm/passkey", json=body, headers=JSON)
    assert answer.json() == {"next": "/matches"}
    assert await may_link(alice)


async def test_another_players_passkey_does_not_confirm(
    alice: httpx.AsyncClient, auth: StandInAuth, passkeys: Passkeys
) -> None:
    passkeys.owners["bobs"] = auth.add_player("Bob", None)
    body = {"ceremony": CEREMONY, "credential": {"id": "bobs"}}
    answer = await alice.post("/confirm/passkey", json=body, headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["code"] == "passkey_refused"


@pytest.mark.parametrize("path", ["/confirm/passkey/options", "/confirm/passkey"])
async def test_a_visitor_cannot_confirm(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.post(path, json={}, headers=JSON)
    assert answer.status_code == 401


async def test_another_site_cannot_confirm_a_session(alice: httpx.AsyncClient) -> None:
    evil = {"Sec-Fetch-Site": "cross-site"}
    answer = await alice.post("/confirm", data={"password": PASSWORD}, headers=evil)
    assert answer.status_code == 403
