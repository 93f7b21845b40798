"""Signing in with a password."""

from datetime import datetime

import structlog
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import queries
from auth.accounts.errors import TooManyPasswords
from auth.accounts.hashing import Passwords
from auth.accounts.queries import StoredPassword
from auth.sessions.errors import WrongCredentials
from auth.sessions.metrics import SIGN_INS
from auth.sessions.schemas import Credentials, Tokens
from auth.sessions.service import Sessions
from transcendence_common.problems import FieldError, InvalidFields

SUCCESS = "success"
WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a result
UNKNOWN_ACCOUNT = "unknown_account"
BUSY = "busy"

logger = structlog.get_logger("auth.sessions")


class PasswordSignIn:
    """Takes a name or an address and a password, and says nothing about which of them was wrong."""

    def __init__(self, db: SQLAlchemyAsyncConfig, hashing: Passwords, sessions: Sessions) -> None:
        self._db = db
        self._hashing = hashing
        self._sessions = sessions

    async def sign_in(
        self, session: AsyncSession, credentials: Credentials, now: datetime
    ) -> Tokens:
        """Begin a session.

        Raises:
            WrongCredentials: after the same work whether or not there is such an account.
            TooManyPasswords: the queue for checking passwords is full.
        """
        _check_filled_in(credentials)
        # A session of its own, closed again: nobody holds a connection while queueing for a thread.
        async with self._db.get_session() as looking:
            stored = await queries.find_password(looking, credentials.username.strip())
        if not await self._is_right(stored, credentials.password) or stored is None:
            _note_refused(stored)
            raise WrongCredentials
        if self._hashing.is_outdated(stored.hash):
            new_hash = await self._hashing.hash(credentials.password)
            await queries.replace_hash(session, stored, new_hash)
        tokens = await self._sessions.begin(session, stored.identity, now)
        _note_signed_in(stored)
        return tokens

    async def _is_right(self, stored: StoredPassword | None, password: str) -> bool:
        try:
            return await self._hashing.verify(stored.hash if stored else None, password)
        except TooManyPasswords:
            SIGN_INS.labels(BUSY).inc()
            raise


def _check_filled_in(credentials: Credentials) -> None:
    errors = []
    if not credentials.username.strip():
        errors.append(FieldError("username", "Enter your name or your e-mail address."))
    if not credentials.password:
        errors.append(FieldError("password", "Enter your password."))
    if errors:
        raise InvalidFields(*errors)


def _note_signed_in(stored: StoredPassword) -> None:
    SIGN_INS.labels(SUCCESS).inc()
    logger.info(
        "signed in",
        **{
            "event.action": "user-login",
            "event.category": ["authentication"],
            "event.outcome": "success",
            "user.id": str(stored.identity.account_id),
        },
    )


def _note_refused(stored: StoredPassword | None) -> None:
    """Never what was typed: people type passwords into the wrong field."""
    reason = UNKNOWN_ACCOUNT if stored is None else WRONG_PASSWORD
    SIGN_INS.labels(reason).inc()
    logger.info(
        "not signed in",
        **{
            "event.action": "user-login",
            "event.category": ["authentication"],
            "event.outcome": "failure",
            "event.reason": reason,
            **({} if stored is None else {"user.id": str(stored.identity.account_id)}),
        },
    )
