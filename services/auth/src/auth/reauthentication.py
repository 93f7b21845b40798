from datetime import datetime

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.account_events import CONFIRMATION_FAILED, AccountEvents
from auth.accounts import queries
from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.hashing import PasswordHashing
from auth.sessions.errors import ConfirmationRequired
from auth.sessions.live import SignedIn
from auth.throttling import budgets
from auth.throttling.limits import Limit
from auth.throttling.service import Throttles
from transcendence_common.caller import Caller
from transcendence_common.database import session_at
from transcendence_common.problems import FieldError, InvalidFields


class Reauthentication:
    """Asks a signed-in player for the password again, under the same kind of limit as sign-in, so that an open session
    allows no more guesses."""

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        hashing: PasswordHashing,
        throttles: Throttles,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._hashing = hashing
        self._throttles = throttles
        self._events = events

    async def check_password(
        self,
        person: SignedIn,
        password: str,
        caller: Caller,
        now: datetime,
        *,
        field: str = "password",
    ) -> None:
        """Raise unless the password is right.

        Call it before the first query of the request's transaction, so that no connection is held while the check waits
        for a hashing thread.

        Raises:
            InvalidFields: no password was given.
            WrongPassword: the password is wrong, or the account has none.
            TooManyAttempts: too many wrong passwords.
            TooManyPasswords: the queue for password checks is full.
        """
        if not password:
            raise InvalidFields(FieldError(field, "Enter your password."))
        limit = budgets.reauthentications(person.account_id)
        await self._throttles.count_attempt(now, limit)
        async with session_at(self._db, now) as session:
            stored = await queries.find_password_hash(session, person.account_id)
        if not await self._is_right(stored, password, limit, now):
            await self._events.record_failure(
                CONFIRMATION_FAILED,
                person.account_id,
                caller,
                now,
                method="password",
                reason=WrongPassword.code,
            )
            raise WrongPassword(field)
        await self._throttles.reset_counts(limit)

    async def check_password_or_confirmed(
        self,
        person: SignedIn,
        password: str | None,
        caller: Caller,
        now: datetime,
        *,
        field: str = "password",
    ) -> None:
        """Raise unless the password is right or, for an account without one, the session was recently confirmed.

        Raises:
            ConfirmationRequired: the account has no password, and the session was confirmed too long ago.
            also the errors of `check_password`.
        """
        if person.has_password:
            await self.check_password(person, password or "", caller, now, field=field)
        elif not person.is_confirmed(now):
            raise ConfirmationRequired

    async def _is_right(
        self, stored: str | None, password: str, limit: Limit, now: datetime
    ) -> bool:
        try:
            return await self._hashing.verify(stored, password)
        except TooManyPasswords:
            # The password was not checked, so the attempt does not count.
            await self._throttles.subtract_attempt(now, limit)
            raise
