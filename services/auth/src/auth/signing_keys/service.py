"""Stores signing keys in the database for all replicas, and holds them decrypted in memory for this one."""

from datetime import datetime
from time import monotonic

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from cryptography.fernet import MultiFernet
from jose.backends.base import Key
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.signing_keys import rotation
from auth.signing_keys.errors import NoSigningKey, UndecryptableKey
from auth.signing_keys.key_pair import KeyPair, decrypt_key_pair, new_pem
from auth.signing_keys.models import StoredKey
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.ids import new_id
from transcendence_common.periodic import DATABASE_ERRORS

RELOAD_SECONDS = 5.0
"""Seconds between look-ups for unknown key IDs: another replica may have created the key, but made-up IDs must not
flood the database."""

logger = structlog.get_logger("auth.signing_keys")


class SigningKeys:
    """Provides the current signing key, the keys for verification, and the public keys."""

    def __init__(self, db: SQLAlchemyAsyncConfig, encryption: MultiFernet, clock: Clock) -> None:
        self._db = db
        self._encryption = encryption
        self._clock = clock
        self._keys: list[KeyPair] = []
        self._looked_at = float("-inf")

    def current_key(self) -> KeyPair:
        """Return the key pair to sign with.

        Raises:
            NoSigningKey: no keys have been loaded yet.
        """
        found = rotation.signing_key_of(self._keys, self._clock())
        if found is None:
            raise NoSigningKey
        return found

    def published_keys(self) -> list[KeyPair]:
        """Return the key pairs whose public keys are published.

        Raises:
            NoSigningKey: no keys have been loaded yet.
        """
        if not self._keys:
            raise NoSigningKey
        return rotation.published_keys(self._keys, self._clock())

    async def find(self, kid: str) -> Key | None:
        """Return the public key with this ID; look in the database for one that another replica created."""
        if not self._has_key(kid) and monotonic() - self._looked_at >= RELOAD_SECONDS:
            await self._reload_keys()
        return next((pair.public for pair in self.published_keys() if pair.kid == kid), None)

    async def check_ready(self) -> None:
        """Raise NoSigningKey unless a key can sign."""
        self.current_key()

    async def rotate_keys(self) -> None:
        """Load the keys, create the next one and delete old ones if it is time.

        Raises:
            UndecryptableKey: the configured keys do not decrypt a stored one.
        """
        now = self._clock()
        made = None
        async with session_at(self._db, now) as session:
            rows = await _load_rows(session)
            active_from = rotation.next_activation(rows, now)
            if active_from is not None:
                made = await self._store_next(session, rows, active_from)
                # Read again, because another replica may have stored the next key first.
                rows = await _load_rows(session)
            await _delete_rows(session, rotation.expired_keys(rows, now))
            self._decrypt_keys(rotation.published_keys(rows, now))
        if made is not None:
            _log_created(made)

    async def _store_next(
        self, session: TimedSession, rows: list[StoredKey], active_from: datetime
    ) -> str | None:
        """Store a new key and return its ID, or None if its number was taken in the meantime."""
        statement = insert(StoredKey).values(
            kid=str(new_id()),
            number=rows[-1].number + 1 if rows else 1,
            encrypted_pem=self._encryption.encrypt(new_pem()),
            created_at=session.now,
            active_from=active_from,
        )
        return await session.scalar(statement.on_conflict_do_nothing().returning(StoredKey.kid))

    async def _reload_keys(self) -> None:
        self._looked_at = monotonic()
        try:
            async with self._db.get_session() as session:
                self._decrypt_keys(await _load_rows(session))
        except (*DATABASE_ERRORS, UndecryptableKey) as error:
            # The loaded keys stay in use, even if another replica stored one that our settings do not decrypt.
            logger.warning(
                "keys not looked up",
                **{
                    "event.action": "signing-key-lookup",
                    "event.category": ["configuration"],
                    "event.type": ["access"],
                    "event.outcome": "failure",
                    "error.type": type(error).__name__,
                    "error.message": str(error).partition("\n")[0],
                },
            )

    def _decrypt_keys(self, rows: list[StoredKey]) -> None:
        known = {pair.kid: pair for pair in self._keys}
        self._keys = [known.get(row.kid) or decrypt_key_pair(row, self._encryption) for row in rows]

    def _has_key(self, kid: str) -> bool:
        return any(pair.kid == kid for pair in self._keys)


async def _load_rows(session: AsyncSession) -> list[StoredKey]:
    return list(await session.scalars(select(StoredKey).order_by(StoredKey.number)))


async def _delete_rows(session: AsyncSession, rows: list[StoredKey]) -> None:
    if rows:
        kids = [row.kid for row in rows]
        await session.execute(delete(StoredKey).where(StoredKey.kid.in_(kids)))


def _log_created(kid: str) -> None:
    logger.info(
        "signing key created",
        **{
            "event.action": "signing-key-created",
            "event.category": ["configuration"],
            "event.type": ["creation"],
            "event.outcome": "success",
            "labels.kid": kid,
        },
    )
