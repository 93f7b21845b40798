"""Completes every sign-in, whatever the method of the first factor."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.account_events import SIGNED_IN, AccountEvents, AccountOwner
from auth.accounts import queries
from auth.accounts.identity import Identity
from auth.accounts.models import Account
from auth.events import log_authentication
from auth.mail.mailer import Mailer
from auth.mail.messages import NewDevice
from auth.security_log import actions
from auth.security_log.record import record_action
from auth.sessions.devices import device_name, record_sign_in_device
from auth.sessions.errors import WrongCredentials
from auth.sessions.service import Sessions
from contracts.auth.sessions import SecondFactorChallenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class SecondFactor(Protocol):
    """The account's optional second factor."""

    async def is_enabled(self, session: AsyncSession, account_id: UUID) -> bool:
        """Tell whether two-factor authentication is enabled for the account."""

    async def start_challenge(
        self, session: TimedSession, account_id: UUID, method: str
    ) -> SecondFactorChallenge:
        """Start a challenge for the second factor."""


class SignInCompletion:
    """Completes a sign-in: asks for a second factor, begins the session and reports a new device by email."""

    def __init__(
        self, sessions: Sessions, second_factor: SecondFactor, mailer: Mailer, events: AccountEvents
    ) -> None:
        self._sessions = sessions
        self._second_factor = second_factor
        self._mailer = mailer
        self._events = events

    async def complete_sign_in(
        self,
        session: TimedSession,
        account_id: UUID,
        caller: Caller,
        *,
        method: str,
        both_factors_verified: bool = False,
    ) -> Tokens | SecondFactorChallenge:
        """Complete a sign-in whose first factor was verified; return a challenge if a second one is needed.

        Args:
            session: the request's transaction.
            account_id: the account that signs in.
            caller: the request's device and address.
            method: how the first factor was verified, such as `password`; it is shown in the security log.
            both_factors_verified: whether two factors were already verified.

        Raises:
            WrongCredentials: the account was deleted in the meantime.
        """
        await queries.lock_account(session, account_id)
        if not both_factors_verified and await self._second_factor.is_enabled(session, account_id):
            challenge = await self._second_factor.start_challenge(session, account_id, method)
            log_authentication("user-challenge", account_id, caller, method=method)
            return challenge
        return await self.begin_session(session, account_id, caller, method=method)

    async def begin_session(
        self, session: TimedSession, account_id: UUID, caller: Caller, *, method: str
    ) -> Tokens:
        """Begin the session after all required factors were verified.

        Raises:
            WrongCredentials: the account was deleted in the meantime.
        """
        await queries.lock_account(session, account_id)
        identity = await queries.find_identity(session, account_id)
        if identity is None:
            raise WrongCredentials
        device_id, is_news = await record_sign_in_device(session, account_id, caller)
        tokens = await self._sessions.begin_session(session, identity, caller, device_id=device_id)
        await self._events.record(
            session,
            SIGNED_IN,
            AccountOwner(account_id, identity.username, None),
            caller,
            method=method,
            detail={"method": method},
        )
        if is_news:
            await self._report_new_device(session, identity, caller)
        return tokens

    async def _report_new_device(
        self, session: TimedSession, identity: Identity, caller: Caller
    ) -> None:
        """Record a new device in the security log, and email the owner if the address is verified: an unverified
        address may be a stranger's."""
        await record_action(session, identity.account_id, actions.NEW_DEVICE, caller)
        account = await session.get_one(Account, identity.account_id)
        if account.email_verified_at is not None:
            message = NewDevice(
                username=identity.username,
                at=session.now.isoformat(),
                device=device_name(caller.user_agent),
                address=caller.address,
            )
            await self._mailer.send(session, account.email, message)
