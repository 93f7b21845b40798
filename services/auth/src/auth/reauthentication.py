"""Asks somebody who is signed in for their password again."""

from datetime import datetime

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.account_events import CONFIRMATION_FAILED, AccountEvents
from auth.accounts import queries
from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.hashing import Passwords
from auth.sessions.errors import ConfirmationRequired
from auth.sessions.live import SignedIn
from auth.throttling import budgets
from auth.throttling.limits import Limit
from auth.throttling.service import Throttles
from transcendence_common.caller import Caller
from transcendence_common.database import session_at
from transcendence_common.problems import FieldError, InvalidFields


class Reauthentication:
    """Checks the password of a signed-in person; an open session is no way around the guesser's budget."""

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        hashing: Passwords,
        throttles: Throttles,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._hashing = hashing
        self._throttles = throttles
        self._events = events

    async def check(
        self,
        person: SignedIn,
        password: str,
        caller: Caller,
        now: datetime,
        *,
        field: str = "password",
    ) -> None:
        """Return if it is their password. Call it before the request's transaction has a connection.

        Raises:
            InvalidFields: nothing was given.
            WrongPassword: it is another, or they have none.
            TooManyAttempts: too many wrong ones.
            TooManyPasswords: the queue for checking passwords is full.
        """
        if not password:
            raise InvalidFields(FieldError(field, "Enter your password."))
        limit = budgets.reauthentication(person.account_id)
        await self._throttles.attempt(now, limit)
        async with session_at(self._db, now) as session:
            stored = await queries.find_hash(session, person.account_id)
        if not await self._is_right(stored, password, limit, now):
            await self._events.failed(
                CONFIRMATION_FAILED,
                person.account_id,
                caller,
                now,
                method="password",
                reason=WrongPassword.code,
            )
            raise WrongPassword(field)
        await self._throttles.forget(limit)

    async def check_or_confirmed(
        self,
        person: SignedIn,
        password: str | None,
        caller: Caller,
        now: datetime,
        *,
        field: str = "password",
    ) -> None:
        """Return if it is their password or, of an account that has none, if they proved who they are just now.

        Raises:
            ConfirmationRequired: they have no password, and signed in too long ago.
            and what `check` raises.
        """
        if person.has_password:
            await self.check(person, password or "", caller, now, field=field)
        elif not person.is_confirmed(now):
            raise ConfirmationRequired

    async def _is_right(
        self, stored: str | None, password: str, limit: Limit, now: datetime
    ) -> bool:
        try:
            return await self._hashing.verify(stored, password)
        except TooManyPasswords:
            # Nobody looked at it, so it was no guess.
            await self._throttles.take_back(now, limit)
            raise
