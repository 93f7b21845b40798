"""Sign-in with a password."""

from datetime import datetime
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.accounts import emails, queries
from auth.accounts.errors import TooManyPasswords
from auth.accounts.hashing import PasswordHashing
from auth.accounts.queries import StoredPassword
from auth.events import log_authentication
from auth.security_log import actions
from auth.security_log.record import SecurityLog
from auth.sessions.devices import is_known
from auth.sessions.errors import WrongCredentials
from auth.sessions.metrics import (
    BUSY,
    CHALLENGED,
    SUCCESS,
    THROTTLED,
    UNKNOWN_ACCOUNT,
    WRONG_PASSWORD,
    count_sign_in,
)
from auth.sign_in.completion import SignInCompletion
from auth.throttling import budgets
from auth.throttling.errors import TooManyAttempts
from auth.throttling.limits import Limit
from auth.throttling.service import Throttles, count_success_in
from contracts.auth.sessions import Credentials, SecondFactorChallenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.names import name_key
from transcendence_common.problems import FieldError, InvalidFields

NO_ACCOUNT_ID = UUID(int=0)
"""The account ID to query with if the account does not exist, so that the queries are the same in both cases."""
LOOKUP_ATTEMPTS = 2
"""Times the password is looked up. If another request replaces its hash after the first look-up, the second finds the
new hash."""


class SignInAttempt(msgspec.Struct, frozen=True):
    """A sign-in attempt: what was typed, from where, and the limits it counts against."""

    typed: str
    password: str
    caller: Caller
    at: datetime
    own: Limit
    """The limit that is reset once the attempt succeeds."""
    shared: tuple[Limit, ...]
    """Limits shared with other players, whose attempts continue to count."""


class PasswordSignIn:
    """Verifies a name or an email address and a password, without revealing which of them was wrong."""

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        hashing: PasswordHashing,
        throttles: Throttles,
        security_log: SecurityLog,
        completion: SignInCompletion,
    ) -> None:
        self._db = db
        self._hashing = hashing
        self._throttles = throttles
        self._security_log = security_log
        self._completion = completion

    async def sign_in(
        self, session: TimedSession, credentials: Credentials, caller: Caller
    ) -> Tokens | SecondFactorChallenge:
        """Complete the sign-in, or return a challenge for the second factor.

        Raises:
            TooManyAttempts: a limit is reached; raised whether or not the account exists.
            WrongCredentials: name or password is wrong; raised after the same work whether or not the account exists.
            TooManyPasswords: the queue for password checks is full.
        """
        _check_filled_in(credentials)
        stored, is_at_home = await self._look_up(credentials.username, caller)
        attempt = _make_attempt(credentials, caller, session.now, is_at_home=is_at_home)
        await self._count_attempt(attempt)
        for _ in range(LOOKUP_ATTEMPTS):
            proved = await self._verify_password(stored, attempt)
            stronger = await self._rehash_if_outdated(proved, attempt)
            if await queries.lock_account_if_password_unchanged(session, proved):
                return await self._complete_sign_in(session, proved, stronger, attempt)
            await session.rollback()
            stored, _ = await self._look_up(credentials.username, caller)
        # The hash was replaced after each look-up, so the verified password is no longer the account's.
        _log_failed_attempt(WRONG_PASSWORD, attempt)
        raise WrongCredentials

    async def _look_up(self, name: str, caller: Caller) -> tuple[StoredPassword | None, bool]:
        """Find the account's password and whether the device is known; run the same queries if there is no account."""
        # A separate session, closed right away, so that no connection is held while waiting for a hashing thread.
        async with self._db.get_session() as looking:
            stored = await queries.find_stored_password(looking, name.strip())
            account_id = stored.identity.account_id if stored else NO_ACCOUNT_ID
            return stored, await is_known(looking, account_id, caller)

    async def _count_attempt(self, attempt: SignInAttempt) -> None:
        """Count the attempt before the password is checked, so that parallel guesses are all counted."""
        try:
            await self._throttles.count_attempt(attempt.at, attempt.own, *attempt.shared)
        except TooManyAttempts:
            _log_failed_attempt(THROTTLED, attempt)
            raise

    async def _verify_password(
        self, stored: StoredPassword | None, attempt: SignInAttempt
    ) -> StoredPassword:
        try:
            is_right = await self._hashing.verify(stored.hash if stored else None, attempt.password)
        except TooManyPasswords:
            _log_failed_attempt(BUSY, attempt)
            # The password was not checked, so the attempt does not count.
            await self._throttles.subtract_attempt(attempt.at, attempt.own, *attempt.shared)
            raise
        if stored is None or not is_right:
            await self._record_failure(stored, attempt)
            raise WrongCredentials
        return stored

    async def _record_failure(self, stored: StoredPassword | None, attempt: SignInAttempt) -> None:
        account_id = stored.identity.account_id if stored else None
        await self._security_log.record_unless_limited(
            budgets.failed_sign_in_events(str(account_id or attempt.typed)),
            account_id or NO_ACCOUNT_ID,
            actions.SIGN_IN_FAILED,
            attempt.caller,
            attempt.at,
        )
        _log_failed_attempt(WRONG_PASSWORD if stored else UNKNOWN_ACCOUNT, attempt, account_id)

    async def _rehash_if_outdated(
        self, proved: StoredPassword, attempt: SignInAttempt
    ) -> str | None:
        if proved.hash is None or not self._hashing.is_outdated(proved.hash):
            return None
        return await self._hashing.hash(attempt.password)

    async def _complete_sign_in(
        self,
        session: TimedSession,
        proved: StoredPassword,
        stronger: str | None,
        attempt: SignInAttempt,
    ) -> Tokens | SecondFactorChallenge:
        if stronger is not None:
            await queries.replace_password_hash(session, proved, stronger)
        sign_in_answer = await self._completion.complete_sign_in(
            session, proved.identity.account_id, attempt.caller, method="password"
        )
        # Last, because other requests from this address wait for the locked rows.
        await count_success_in(session, forget=attempt.own, take_back=attempt.shared)
        count_sign_in(
            "password", CHALLENGED if isinstance(sign_in_answer, SecondFactorChallenge) else SUCCESS
        )
        return sign_in_answer


def typed_name_key(name_or_email: str) -> str:
    """Return the key that all spellings of a typed name or address share, whether or not an account has it."""
    stripped = name_or_email.strip()
    return emails.email_key_of(stripped) if "@" in stripped else name_key(stripped)


def _check_filled_in(credentials: Credentials) -> None:
    errors = []
    if not credentials.username.strip():
        errors.append(FieldError("username", "Enter your player name or email address."))
    if not credentials.password:
        errors.append(FieldError("password", "Enter your password."))
    if errors:
        raise InvalidFields(*errors)


def _make_attempt(
    credentials: Credentials, caller: Caller, now: datetime, *, is_at_home: bool
) -> SignInAttempt:
    typed = typed_name_key(credentials.username)
    shared = [budgets.sign_ins_from(caller.network)]
    if not is_at_home:
        shared.append(budgets.sign_ins_as(typed))
    return SignInAttempt(
        typed=typed,
        password=credentials.password,
        caller=caller,
        at=now,
        own=budgets.sign_ins_as_from(typed, caller.network),
        shared=tuple(shared),
    )


def _log_failed_attempt(
    reason: str, attempt: SignInAttempt, account_id: UUID | None = None
) -> None:
    """Count and log the attempt, never what was typed: people type passwords into the wrong field."""
    count_sign_in("password", reason)
    log_authentication("user-login", account_id, attempt.caller, method="password", reason=reason)
