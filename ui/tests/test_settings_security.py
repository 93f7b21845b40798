"""Two-factor authentication, recovery codes and passkeys."""

import re
from base64 import b64decode
from uuid import uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.own_account import CODE, QR, RECOVERY_CODES, SECRET, OwnAccounts

PASSWORD = "alice likes pong"
PROOF = {"code": CODE, "password": PASSWORD}
JSON = {"Accept": "application/json"}
CREDENTIAL = {
    "ceremony": "new-1",
    "name": "Laptop",
    "credential": {"id": "abc", "type": "public-key"},
}


async def first_page(alice: httpx.AsyncClient) -> dict[str, str]:
    """Return the hidden values of the form on the page with the QR code."""
    answer = await alice.post("/settings/two-factor/setup", data={"password": PASSWORD})
    assert answer.status_code == 200
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))


@pytest.fixture
def with_two_factor(auth: StandInAuth) -> StandInAuth:
    auth.people["Alice"].code = CODE
    return auth


async def test_the_key_is_shown_as_a_qr_code_and_as_text(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/settings/two-factor/setup", data={"password": PASSWORD})
    shown = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', answer.text)
    assert shown
    assert b64decode(shown[1]).decode() == QR
    assert "JBSW Y3DP EHPK 3PXP" in answer.text
    assert 'href="otpauth://totp/' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert PASSWORD not in answer.text


async def test_the_first_code_enables_it_and_shows_recovery_codes_once(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    form = await first_page(alice)
    answer = await alice.post("/settings/two-factor", data={**form, **PROOF, "code": "123 456"})
    assert answer.status_code == 200
    assert all(code in answer.text for code in RECOVERY_CODES)
    assert answer.headers["cache-control"] == "no-store"
    assert auth.people["Alice"].code == CODE
    page = await alice.get("/settings/security")
    assert "On since" in page.text
    assert not any(code in page.text for code in RECOVERY_CODES)


async def test_sending_the_form_again_leads_to_the_page(alice: httpx.AsyncClient) -> None:
    form = await first_page(alice)
    await alice.post("/settings/two-factor", data={**form, **PROOF})
    answer = await alice.post("/settings/two-factor", data={**form, **PROOF})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/security")


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"code": "", "password": PASSWORD}, 400, 'id="code-error">Enter the six digits'),
        ({"code": CODE, "password": " "}, 400, 'id="password-error">Enter your password.'),
        ({"code": "000000", "password": PASSWORD}, 403, 'id="code-error">This code is wrong'),
        ({"code": CODE, "password": "no"}, 403, 'id="password-error">This password is wrong'),
    ],
)
async def test_a_wrong_code_keeps_the_key(
    alice: httpx.AsyncClient, auth: StandInAuth, typed: dict[str, str], status: int, words: str
) -> None:
    form = await first_page(alice)
    answer = await alice.post("/settings/two-factor", data={**form, **typed})
    assert answer.status_code == status
    assert words in answer.text
    assert f'value="{SECRET}"' in answer.text
    assert form["qr"] in answer.text
    assert PASSWORD not in answer.text
    assert auth.people["Alice"].code is None


async def test_the_key_is_kept_while_auth_is_down(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    form = await first_page(alice)
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post("/settings/two-factor", data={**form, **PROOF})
    assert answer.status_code == 503
    assert f'value="{SECRET}"' in answer.text


@pytest.mark.parametrize(
    "made_up",
    [
        {"uri": "javascript:alert(1)"},
        {"uri": "https://evil.example"},
        {"qr": '"><script>'},
        {"secret": "<b>"},
    ],
)
async def test_invented_hidden_values_are_not_shown(
    alice: httpx.AsyncClient, made_up: dict[str, str]
) -> None:
    form = await first_page(alice)
    answer = await alice.post("/settings/two-factor", data={**form, **made_up, "code": ""})
    assert answer.status_code == 400
    assert next(iter(made_up.values())) not in answer.text


async def test_the_setup_requires_the_password(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/settings/two-factor/setup", data={"password": "no"})
    assert answer.status_code == 403
    assert 'id="setup-password-error">This password is wrong.' in answer.text
    assert SECRET not in answer.text


async def test_an_account_without_a_password_requires_reauthentication(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.people["Alice"].password = None
    page = await alice.get("/settings/security")
    assert 'type="password"' not in page.text
    answer = await alice.post("/settings/two-factor/setup")
    assert "Password again" not in answer.text
    auth.let_time_pass()
    answer = await alice.post("/settings/two-factor/setup")
    assert answer.headers["location"].startswith("/confirm")


@pytest.mark.usefixtures("with_two_factor")
async def test_disabling_explains_the_consequences(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice.post("/settings/two-factor/disable", data=PROOF)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/security")
    assert auth.people["Alice"].code is None
    assert "Two-factor sign-in is off." in (await alice.get("/settings/security")).text


@pytest.mark.usefixtures("with_two_factor")
async def test_new_recovery_codes_are_shown_once(alice: httpx.AsyncClient) -> None:
    form = {"code": RECOVERY_CODES[0], "password": PASSWORD}
    answer = await alice.post("/settings/two-factor/recovery-codes", data=form)
    assert answer.status_code == 200
    assert RECOVERY_CODES[9] in answer.text


@pytest.mark.usefixtures("with_two_factor")
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/settings/two-factor/disable", "disabling"),
        ("/settings/two-factor/recovery-codes", "renewal"),
    ],
)
async def test_an_error_is_reported_in_the_form_that_was_sent(
    alice: httpx.AsyncClient, auth: StandInAuth, path: str, field: str
) -> None:
    for form, status, words in (
        ({"code": "", "password": PASSWORD}, 400, f'id="{field}-code-error">Enter the six'),
        ({"code": "1", "password": PASSWORD}, 403, f'id="{field}-code-error">This code is'),
        (
            {"code": CODE, "password": "no"},
            403,
            f'id="{field}-password-error">This password is wrong',
        ),
    ):
        answer = await alice.post(path, data=form)
        assert answer.status_code == status
        assert words in answer.text
        assert answer.text.count('aria-invalid="true"') == 1
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post(path, data=PROOF)
    assert answer.status_code == 503
    assert "Accounts are unavailable right now." in answer.text


@pytest.mark.parametrize("path", ["disable", "recovery-codes"])
async def test_two_factor_disabled_elsewhere_leads_to_the_page(
    alice: httpx.AsyncClient, path: str
) -> None:
    answer = await alice.post(f"/settings/two-factor/{path}", data=PROOF)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/security")


async def test_passkeys_are_listed_with_their_details(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    own_accounts.add_passkey("Laptop", used=True)
    own_accounts.add_passkey("<i>Key</i>")
    answer = await alice.get("/settings/security")
    assert "last used" in answer.text
    assert "not used yet" in answer.text
    assert "&lt;i&gt;Key&lt;/i&gt;" in answer.text


async def test_the_script_gets_options_and_submits_a_passkey(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    options = await alice.post("/settings/passkeys/options", headers=JSON)
    assert options.json()["ceremony"] == "new-1"
    assert options.headers["cache-control"] == "no-store"
    answer = await alice.post("/settings/passkeys", json=CREDENTIAL, headers=JSON)
    assert answer.status_code == 204
    assert own_accounts.passkeys[0]["name"] == "Laptop"
    assert "Passkey added." in (await alice.get("/settings/security")).text


async def test_the_script_gets_the_reason_as_a_problem(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    nameless = await alice.post("/settings/passkeys", json={**CREDENTIAL, "name": ""}, headers=JSON)
    assert nameless.status_code == 400
    assert nameless.json()["errors"][0]["field"] == "name"
    auth.let_time_pass()
    answer = await alice.post("/settings/passkeys/options", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "confirmation_required")
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post("/settings/passkeys/options", headers=JSON)
    assert answer.status_code == 503


async def test_a_passkey_can_be_renamed(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    passkey = own_accounts.add_passkey("Laptop")
    answer = await alice.post(f"/settings/passkeys/{passkey}", data={"name": " Old laptop "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/security")
    assert own_accounts.passkeys[0]["name"] == "Old laptop"


async def test_a_refused_name_stays_in_its_form(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    passkey = own_accounts.add_passkey("Laptop")
    for name, words in ((" ", "Enter a name."), ("x" * 41, "At most 40 characters.")):
        answer = await alice.post(f"/settings/passkeys/{passkey}", data={"name": name})
        assert answer.status_code == 400
        assert f'id="name-{passkey}-error">{words}' in answer.text
        assert f'value="{name}"' in answer.text
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post(f"/settings/passkeys/{passkey}", data={"name": "Old laptop"})
    assert answer.status_code == 503
    assert 'value="Old laptop"' in answer.text


async def test_a_passkey_can_be_removed_twice(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    passkey = own_accounts.add_passkey("Laptop")
    for _ in range(2):
        answer = await alice.post(f"/settings/passkeys/{passkey}/remove")
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/security")
    assert own_accounts.passkeys == []


async def test_the_last_sign_in_method_cannot_be_removed(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    passkey = own_accounts.add_passkey("Laptop")
    own_accounts.last_way_in = True
    answer = await alice.post(f"/settings/passkeys/{passkey}/remove")
    assert answer.status_code == 409
    assert "You need at least one sign-in method." in answer.text
    assert len(own_accounts.passkeys) == 1


async def test_removing_requires_reauthentication(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    passkey = own_accounts.add_passkey("Laptop")
    auth.let_time_pass()
    answer = await alice.post(f"/settings/passkeys/{passkey}/remove")
    assert answer.headers["location"].startswith("/confirm")


async def test_an_unknown_passkey_cannot_be_renamed(alice: httpx.AsyncClient) -> None:
    answer = await alice.post(f"/settings/passkeys/{uuid4()}", data={"name": "Mine"})
    assert answer.status_code == 404
