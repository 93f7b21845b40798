"""Looks up whether a session is still open, for requests where a valid access token is not enough.

An access token is valid for 10 minutes, whatever happens to its session. Requests that change an account also look up
the session, so a device that was signed out can change nothing from that moment on.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar.di import NamedDependency
from sqlalchemy import select

from auth.accounts.models import Account
from auth.sessions import queries
from auth.sessions.errors import ConfirmationRequired, SessionOver
from auth.sessions.models import Session
from auth.sessions.queries import SessionIds
from transcendence_common.database import TimedSession, session_at
from transcendence_common.identity import Player
from transcendence_common.problems import Problem

CONFIRMED_FOR = timedelta(minutes=15)
"""Time after a reauthentication during which sensitive changes are allowed: long enough for one task, short for a
laptop left open."""

LIVE_SESSION_ERRORS: tuple[type[Problem], ...] = (SessionOver,)
"""`answers` of a handler that depends on `signed_in`."""
RECENT_CONFIRMATION_ERRORS: tuple[type[Problem], ...] = (*LIVE_SESSION_ERRORS, ConfirmationRequired)
"""`answers` of a handler that depends on `confirmed`."""


class SignedIn(msgspec.Struct, frozen=True):
    """A player whose session is open."""

    account_id: UUID
    username: str
    email: str
    email_verified: bool
    has_password: bool
    session_id: UUID
    confirmed_at: datetime | None

    def is_confirmed(self, now: datetime) -> bool:
        """Tell whether the player authenticated within the last 15 minutes."""
        return self.confirmed_at is not None and now - self.confirmed_at <= CONFIRMED_FOR


class LiveSessions:
    """Looks up sessions on a connection that is released at once, because handlers may go on to wait for a hashing
    thread."""

    def __init__(self, db: SQLAlchemyAsyncConfig) -> None:
        self._db = db

    async def find_signed_in(self, player: Player, now: datetime) -> SignedIn:
        """Return the signed-in player whom an access token names, if the session is still open.

        Raises:
            SessionOver: the session was ended or has expired, or the account is gone.
        """
        statement = (
            select(
                Account.id,
                Account.username,
                Account.email,
                Account.email_verified_at.is_not(None),
                Account.password_hash.is_not(None),
                Session.id,
                Session.confirmed_at,
            )
            .join(Session, Session.account_id == Account.id)
            .where(
                Account.id == player.id,
                Session.id == player.session_id,
                Session.ended_at.is_(None),
                Session.expires_at > now,
            )
        )
        async with session_at(self._db, now) as session:
            row = (await session.execute(statement)).one_or_none()
        if row is None:
            raise SessionOver
        return SignedIn(*row)


async def lock_open_session(session: TimedSession, person: SignedIn) -> None:
    """Lock a player's account and open session until the transaction ends, so that the session is not ended in the
    meantime.

    Raises:
        SessionOver: the session was ended since it was looked up, for example by the owner to lock out another person.
    """
    named = SessionIds(person.account_id, person.session_id)
    if not await queries.lock_open_session(session, named):
        raise SessionOver


async def provide_signed_in(
    player: NamedDependency[Player],
    live_sessions: NamedDependency[LiveSessions],
    now: NamedDependency[datetime],
) -> SignedIn:
    """Return the player of the access token if the session is still open; handlers depend on it as `signed_in`.

    Raises:
        SessionOver: as for `find_signed_in`.
    """
    return await live_sessions.find_signed_in(player, now)


async def provide_confirmed(
    signed_in: NamedDependency[SignedIn], now: NamedDependency[datetime]
) -> SignedIn:
    """Return the signed-in player if they authenticated recently; handlers depend on it as `confirmed`.

    Raises:
        ConfirmationRequired: it was more than 15 minutes ago.
    """
    if not signed_in.is_confirmed(now):
        raise ConfirmationRequired
    return signed_in
