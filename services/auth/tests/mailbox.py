"""Mails in the outbox, and what users do with the links in them."""

from typing import TypeVar

import httpx
from cryptography.fernet import Fernet, MultiFernet

from auth.account_events import AccountEvents
from auth.mail.mailer import Mailer
from auth.mail.messages import ConfirmAddress, MailMessage, ResetPassword, VerifyAddress
from auth.passwords.reset_requests import RESET_REQUEST_TOPIC, ResetRequests
from auth.security_log.record import SecurityLog
from auth.throttling.service import Throttles
from services.auth.tests.people import SignedInPlayer, sign_up
from services.auth.tests.service_under_test import ENCRYPTION_KEY, Auth

LetterT = TypeVar("LetterT", bound=MailMessage)


async def newest(auth: Auth, to: str, kind: type[LetterT]) -> LetterT:
    """Return the last mail of a kind to an address."""
    found = [letter for letter in await auth.letters(to) if isinstance(letter, kind)]
    assert found, f"no {kind.__name__} to {to}"
    return found[-1]


async def kinds(auth: Auth, to: str) -> list[str]:
    return [type(letter).__name__ for letter in await auth.letters(to)]


async def verify(auth: Auth, token: object) -> httpx.Response:
    return await auth.client.post("/api/user/email/verification", json={"token": token})


async def confirm_change(auth: Auth, token: object) -> httpx.Response:
    return await auth.client.post("/api/user/email/change", json={"token": token})


async def ask_for_reset(auth: Auth, email: object) -> httpx.Response:
    return await auth.client.post("/api/user/password/reset-requests", json={"email": email})


async def reset(auth: Auth, token: object, password: object) -> httpx.Response:
    return await auth.client.post(
        "/api/user/password/resets", json={"token": token, "password": password}
    )


async def verification_token(auth: Auth, to: str) -> str:
    return (await newest(auth, to, VerifyAddress)).token


async def change_token(auth: Auth, to: str) -> str:
    return (await newest(auth, to, ConfirmAddress)).token


async def reset_token(auth: Auth, to: str) -> str:
    """Request a reset, run the worker, and return the token in the mail."""
    assert (await ask_for_reset(auth, to)).status_code == 202
    await answer_reset_requests(auth)
    return (await newest(auth, to, ResetPassword)).token


async def answer_reset_requests(auth: Auth) -> None:
    """Process the requests as the outbox's worker does."""
    encryption = MultiFernet([Fernet(ENCRYPTION_KEY)])
    mailer = Mailer(encryption)
    requests = ResetRequests(
        db=auth.db,
        encryption=encryption,
        throttles=Throttles(auth.db),
        mailer=mailer,
        events=AccountEvents(SecurityLog(auth.db), mailer),
        clock=auth.clock,
    )
    for (body,) in await auth.rows(
        f"SELECT payload FROM pgqueuer WHERE entrypoint = '{RESET_REQUEST_TOPIC}' ORDER BY id"  # noqa: S608
    ):
        await requests.process_request(body)
    await auth.execute("DELETE FROM pgqueuer WHERE entrypoint = :topic", topic=RESET_REQUEST_TOPIC)


async def verified(auth: Auth, name: str) -> SignedInPlayer:
    """Register a player, verify the address, and sign in."""
    await auth.register(name)
    assert (await verify(auth, await verification_token(auth, f"{name}@example.org"))).is_success
    return SignedInPlayer(auth, name, (await auth.sign_in(name)).json())


async def unverified(auth: Auth, name: str) -> SignedInPlayer:
    return await sign_up(auth, name)
