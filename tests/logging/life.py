"""The life of one account from registration to deletion, and all secrets that occur in it."""

from secrets import token_hex, token_urlsafe

import httpx
import pyotp

from tests.browser.people import befriend, register_verified
from tests.fixtures.mail import arrived
from tests.fixtures.platform import Platform
from tests.logging.people import USER
from tests.logging.secrets import Secrets
from tests.platform.players import PASSWORD, Account


class Life:
    """Steps that an owner takes with an account; each step records the secrets that it uses."""

    def __init__(self, platform: Platform, client: httpx.AsyncClient, secrets: Secrets) -> None:
        self._platform = platform
        self._client = client
        self._secrets = secrets
        self._password = PASSWORD

    async def run(self, friend: Account) -> None:
        account = await register_verified(self._platform, self._client)
        self._keep_account(account)
        letter = await arrived(self._platform, self._address(account), "confirm")
        self._secrets.keep(letter.token_for("/verify"))
        await befriend(account, friend)
        await self._fail_to_sign_in(account)
        account = await self._forget_password(account)
        account = await self._renew_twice(account)
        account = await self._change_password(account)
        account = await self._move(account)
        account = await self._take_second_factor(account)
        await self._look_back_and_leave(account)

    async def _fail_to_sign_in(self, account: Account) -> None:
        """Fail to sign in, also by typing the password into the name field."""
        typed = f"typed-{token_urlsafe(12)}"
        self._secrets.keep(typed)
        for credentials in (
            {"username": account.username, "password": typed},
            {"username": typed, "password": typed},
            {"username": self._address(account), "password": typed},
        ):
            refused = await self._client.post(f"{USER}/login", json=credentials)
            assert refused.status_code == httpx.codes.UNAUTHORIZED, refused.text

    async def _forget_password(self, account: Account) -> Account:
        asked = {"email": self._address(account)}
        await self._ask("POST", "/password/reset-requests", asked)
        letter = await arrived(self._platform, self._address(account), "password")
        token = letter.token_for("/reset")
        self._password = f"two paddles and {token_hex(8)}"
        self._secrets.keep(token, self._password)
        await self._ask("POST", "/password/resets", {"token": token, "password": self._password})
        again = await self._client.post(
            f"{USER}/password/resets", json={"token": token, "password": self._password}
        )
        assert again.is_client_error, again.text
        # A browser receives the same token in a page's address.
        await self._client.get("/reset", params={"token": token})
        return await self._sign_in(account.username)

    async def _renew_twice(self, account: Account) -> Account:
        renewed = await self._ask("POST", "/refresh", {"refresh_token": account.refresh_token})
        self._secrets.keep(renewed["access_token"], renewed["refresh_token"])
        await self._ask("POST", "/logout", {"refresh_token": renewed["refresh_token"]})
        gone = await self._client.post(
            f"{USER}/refresh", json={"refresh_token": renewed["refresh_token"]}
        )
        assert gone.status_code == httpx.codes.UNAUTHORIZED, gone.text
        return await self._sign_in(account.username)

    async def _change_password(self, account: Account) -> Account:
        before, self._password = self._password, f"three nets and {token_hex(8)}"
        self._secrets.keep(self._password)
        body = {"password": self._password, "current_password": before}
        await self._ask("PUT", "/password", body, account)
        return await self._sign_in(account.username)

    async def _move(self, account: Account) -> Account:
        address = f"{account.username}@example.net"
        self._secrets.keep(address)
        body = {"email": address, "password": self._password}
        await self._ask("PUT", "/email", body, account)
        letter = await arrived(self._platform, address, "")
        token = letter.token_for("/confirm-email")
        self._secrets.keep(token)
        await self._ask("POST", "/email/change", {"token": token})
        return await self._sign_in(account.username)

    async def _take_second_factor(self, account: Account) -> Account:
        body = {"password": self._password}
        setup = await self._ask("POST", "/two-factor/setup", body, account)
        phone = pyotp.TOTP(setup["secret"])
        code = phone.now()
        made = await self._ask("POST", "/two-factor", {**body, "code": code}, account)
        self._secrets.keep(setup["secret"], code, *made["recovery_codes"])
        challenge = await self._ask(
            "POST", "/login", {"username": account.username, "password": self._password}
        )
        self._secrets.keep(challenge["challenge"])
        wrong = await self._client.post(
            f"{USER}/login/two-factor", json={**challenge, "code": "000000"}
        )
        assert wrong.is_client_error, wrong.text
        tokens = await self._ask(
            "POST",
            "/login/two-factor",
            {"challenge": challenge["challenge"], "code": made["recovery_codes"][0]},
        )
        self._secrets.keep(tokens["access_token"], tokens["refresh_token"])
        account = Account(
            account.username, self._client, tokens["access_token"], tokens["refresh_token"]
        )
        # Each code of the app works once and the next one is up to 30 s away,
        # so a recovery code is used.
        await self._give_second_factor_up(account, made["recovery_codes"][1])
        return account

    async def _give_second_factor_up(self, account: Account, code: str) -> None:
        proof = {"password": self._password, "code": code}
        renewed = await self._ask("POST", "/two-factor/recovery-codes", proof, account)
        self._secrets.keep(*renewed["recovery_codes"])
        proof["code"] = renewed["recovery_codes"][0]
        await self._ask("POST", "/two-factor/disable", proof, account)

    async def _look_back_and_leave(self, account: Account) -> None:
        await self._ask("GET", "/sessions", None, account)
        await self._ask("GET", "/export", None, account)
        await self._ask("POST", "/deletion", {"password": self._password}, account)

    async def _sign_in(self, username: str) -> Account:
        body = {"username": username, "password": self._password}
        tokens = await self._ask("POST", "/login", body)
        account = Account(username, self._client, tokens["access_token"], tokens["refresh_token"])
        self._keep_account(account)
        return account

    async def _ask(
        self, method: str, path: str, body: object, account: Account | None = None
    ) -> dict[str, str]:
        answer = await self._client.request(
            method,
            f"{USER}{path}",
            json=body,
            headers=account.headers if account else {},
        )
        assert answer.is_success, f"{method} {path}: {answer.text}"
        found: dict[str, str] = answer.json() if answer.content else {}
        return found

    def _keep_account(self, account: Account) -> None:
        self._secrets.keep(account.access_token, account.refresh_token, self._address(account))

    def _address(self, account: Account) -> str:
        return f"{account.username}@example.org"
