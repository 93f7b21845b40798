"""The one door: whoever has shown who they are, in whatever way, comes in here."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.account_events import SIGNED_IN, AccountEvents, Owner
from auth.accounts import queries
from auth.accounts.identity import Identity
from auth.accounts.models import Account
from auth.events import note_proof
from auth.mail.mailer import Mailer
from auth.mail.messages import NewDevice
from auth.security_log import actions
from auth.security_log.record import record
from auth.sessions.devices import device_name, recognise
from auth.sessions.errors import WrongCredentials
from auth.sessions.service import Sessions
from contracts.auth.sessions import Challenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class SecondFactor(Protocol):
    """What is asked for besides, where somebody wants it so."""

    async def is_on(self, session: AsyncSession, account_id: UUID) -> bool:
        """Tell whether the account asks for a second factor."""

    async def challenge(self, session: TimedSession, account_id: UUID, method: str) -> Challenge:
        """Begin to ask for it."""


class SignInCompletion:
    """Lets people in: asks for a second factor first, begins the session, tells them of devices that are new."""

    def __init__(
        self, sessions: Sessions, second_factor: SecondFactor, mailer: Mailer, events: AccountEvents
    ) -> None:
        self._sessions = sessions
        self._second_factor = second_factor
        self._mailer = mailer
        self._events = events

    async def complete(
        self,
        session: TimedSession,
        account_id: UUID,
        caller: Caller,
        *,
        method: str,
        twice: bool = False,
    ) -> Tokens | Challenge:
        """Let somebody in who has proved to be the owner of the account.

        Args:
            session: the request's transaction.
            account_id: whose account.
            caller: from where.
            method: how they proved it, such as `password`; the security log shows it.
            twice: whether that were two factors already.

        Raises:
            WrongCredentials: the account is gone meanwhile.
        """
        await queries.hold(session, account_id)
        if not twice and await self._second_factor.is_on(session, account_id):
            challenge = await self._second_factor.challenge(session, account_id, method)
            note_proof("user-challenge", account_id, caller, method=method)
            return challenge
        return await self.let_in(session, account_id, caller, method=method)

    async def let_in(
        self, session: TimedSession, account_id: UUID, caller: Caller, *, method: str
    ) -> Tokens:
        """Let somebody in who has proved everything that is asked for.

        Raises:
            WrongCredentials: the account is gone meanwhile.
        """
        await queries.hold(session, account_id)
        identity = await queries.find_identity(session, account_id)
        if identity is None:
            raise WrongCredentials
        device_id, is_news = await recognise(session, account_id, caller)
        tokens = await self._sessions.begin(session, identity, caller, device_id=device_id)
        await self._events.happened(
            session,
            SIGNED_IN,
            Owner(account_id, identity.username, None),
            caller,
            method=method,
            detail={"method": method},
        )
        if is_news:
            await self._tell_of_device(session, identity, caller)
        return tokens

    async def _tell_of_device(
        self, session: TimedSession, identity: Identity, caller: Caller
    ) -> None:
        """To a verified address only: another is perhaps a stranger's."""
        await record(session, identity.account_id, actions.NEW_DEVICE, caller)
        account = await session.get_one(Account, identity.account_id)
        if account.email_verified_at is not None:
            letter = NewDevice(
                username=identity.username,
                at=session.now.isoformat(),
                device=device_name(caller.user_agent),
                address=caller.address,
            )
            await self._mailer.send(session, account.email, letter)
