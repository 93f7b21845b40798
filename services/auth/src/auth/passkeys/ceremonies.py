"""Creates WebAuthn ceremonies and accepts one answer to each."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.passkeys import queries
from auth.passkeys.models import Ceremony
from auth.sessions.live import SignedIn, lock_open_session
from transcendence_common.clock import Clock
from transcendence_common.database import session_at

CEREMONY_LIFETIME = timedelta(minutes=5)
"""Lifetime of a ceremony: browsers ask for a minute, and some players look for their phone first."""
TOKEN_BYTES = 32
CHALLENGE_BYTES = 32


class Ceremonies:
    """Creates and uses up ceremonies. Each call is a transaction of its own, so a rejected answer also uses its
    challenge up."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def begin_ceremony(
        self, purpose: str, now: datetime, person: SignedIn | None = None
    ) -> tuple[str, bytes]:
        """Return the token of a new ceremony and its challenge.

        Raises:
            SessionOver: the player's session was ended in the meantime.
        """
        token, challenge = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_bytes(CHALLENGE_BYTES)
        async with session_at(self._db, now) as session:
            if person is not None:
                await lock_open_session(session, person)
            session.add(
                Ceremony(
                    digest=_token_digest(token),
                    purpose=purpose,
                    challenge=challenge,
                    session_id=person.session_id if person else None,
                    expires_at=now + CEREMONY_LIFETIME,
                )
            )
        return token, challenge

    async def use_up_ceremony(
        self, token: str, purpose: str, now: datetime, session_id: UUID | None = None
    ) -> bytes | None:
        """Use up an unanswered ceremony and return its challenge, or None if it is over."""
        async with session_at(self._db, now) as session:
            return await queries.take_ceremony(session, _token_digest(token), purpose, session_id)

    async def forget_expired(self) -> None:
        async with session_at(self._db, self._clock()) as session:
            await queries.delete_expired_ceremonies(session)


def _token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
