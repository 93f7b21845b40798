"""Checks second-factor codes: each code works once, and guesses are counted."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy.ext.asyncio import AsyncSession

from auth.account_events import CONFIRMATION_FAILED, RECOVERY_CODE_USED, AccountEvents, AccountOwner
from auth.accounts import queries as accounts
from auth.accounts.models import Account
from auth.sessions.devices import device_digest, has_signed_in_on
from auth.throttling import budgets
from auth.throttling.limits import Limit
from auth.throttling.service import Throttles, count_attempt_in
from auth.two_factor import codes, queries
from auth.two_factor.codes import TypedCode
from auth.two_factor.errors import NotACode, TwoFactorOff, UndecryptableSecret, WrongCode
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession, session_at

OTHER_DEVICES = "elsewhere"


class SecondFactorCheck:
    """Checks codes of authenticator apps, and recovery codes.

    Each call runs in its own transactions. A right code is used up whatever happens to the request, and a wrong one
    stays counted. Call it before the first query of the request's transaction, so that a request never holds two
    connections.
    """

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        encryption: MultiFernet,
        throttles: Throttles,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._encryption = encryption
        self._throttles = throttles
        self._events = events

    async def is_enabled(self, account_id: UUID) -> bool:
        """Tell whether two-factor authentication is enabled for an account."""
        async with self._db.get_session() as session:
            return await queries.is_enabled(session, account_id)

    async def verify_code(
        self, account_id: UUID, typed: str, caller: Caller, now: datetime
    ) -> None:
        """Raise unless a signed-in player typed a right code, and use the code up.

        Raises:
            NotACode: the code is malformed.
            TwoFactorOff: two-factor authentication is disabled.
            TooManyAttempts: too many wrong codes, here or during sign-in.
            WrongCode: the code is wrong, or was used before.
        """
        code = read_code(typed)
        async with session_at(self._db, now) as session:
            if not await queries.is_enabled(session, account_id):
                raise TwoFactorOff
            limit = await code_limit_of(session, account_id, caller)
            await count_attempt_in(session, limit)
        if not await self.use_code(account_id, code, caller, now):
            await self._events.record_failure(
                CONFIRMATION_FAILED,
                account_id,
                caller,
                now,
                method="code",
                reason=WrongCode.code,
                detail={"method": "code"},
            )
            raise WrongCode
        await self._throttles.reset_counts(limit)

    async def use_code(
        self, account_id: UUID, code: TypedCode, caller: Caller, now: datetime
    ) -> bool:
        """Use a code up; tell whether it was right. The caller has counted the attempt."""
        async with session_at(self._db, now) as session:
            if not await accounts.lock_account(session, account_id):
                return False
            if not code.is_recovery:
                return await self._use_app_code(session, account_id, code)
            digest = codes.recovery_code_digest(account_id, code)
            if not await queries.use_up_recovery_code(session, account_id, digest):
                return False
            await self._report_recovery_code(session, account_id, caller)
            return True

    async def _use_app_code(self, session: TimedSession, account_id: UUID, code: TypedCode) -> bool:
        sealed = await queries.find_enabled_secret(session, account_id)
        if sealed is None:
            return False
        step = codes.time_step_of(self.decrypt_secret(sealed, account_id), code, session.now)
        if step is None:
            return False
        # The row is written anyway, so the secret is encrypted again with the newest key.
        return await queries.use_up_time_step(
            session, account_id, step, self._encryption.rotate(sealed)
        )

    def decrypt_secret(self, sealed: bytes, account_id: UUID) -> str:
        """Return a stored secret, decrypted.

        Raises:
            UndecryptableSecret: none of the configured keys decrypts it.
        """
        try:
            return self._encryption.decrypt(sealed).decode()
        except InvalidToken as error:
            raise UndecryptableSecret(account_id) from error

    def encrypt_secret(self, secret: str) -> bytes:
        return self._encryption.encrypt(secret.encode())

    async def _report_recovery_code(
        self, session: TimedSession, account_id: UUID, caller: Caller
    ) -> None:
        left = await queries.count_recovery_codes(session, account_id)
        account = await session.get_one(Account, account_id)
        email = account.email if account.email_verified_at else None
        await self._events.record(
            session,
            RECOVERY_CODE_USED,
            AccountOwner(account_id, account.username, email),
            caller,
            mail_detail="1 recovery code is left"
            if left == 1
            else f"{left} recovery codes are left",
            detail={"left": str(left)},
        )


def read_code(typed: str) -> TypedCode:
    """Return a typed code in the form that is compared.

    Raises:
        NotACode: the code is malformed.
    """
    code = codes.parse_code(typed)
    if code is None:
        raise NotACode
    return code


async def code_limit_of(session: AsyncSession, account_id: UUID, caller: Caller) -> Limit:
    """Return the limit that a guessed code counts against. A device that has completed a sign-in has a limit of its
    own; all other devices share one.

    A known device is not enough: a person who reads the owner's email makes a device known by a password reset, and
    would get another limit.
    """
    at_home = await has_signed_in_on(session, account_id, caller)
    return budgets.second_factor_codes(
        account_id, device_digest(caller).hex() if at_home else OTHER_DEVICES
    )
