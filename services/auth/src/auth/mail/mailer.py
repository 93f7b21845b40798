"""Hands email messages to the outbox, encrypted because they contain tokens and addresses."""

from datetime import datetime

import msgspec
from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy.ext.asyncio import AsyncSession

from auth.mail.messages import AnyMessage
from transcendence_common import outbox

MAIL_TOPIC = "mail"


class Envelope(msgspec.Struct, frozen=True):
    """A message and its recipient."""

    to: str
    letter: AnyMessage
    good_until: datetime | None = None
    """When the link in the message expires: delivery is pointless afterwards."""

    def __repr__(self) -> str:
        """Leave out the address: representations end up in logs."""
        return f"Envelope({self.letter!r})"


class UnreadableEnvelope(Exception):
    """The envelope was encrypted with an unknown or retired key."""


class Mailer:
    """Sends messages once the transaction that causes them has been committed."""

    def __init__(self, encryption: MultiFernet) -> None:
        self._encryption = encryption

    async def send(
        self,
        session: AsyncSession,
        to: str,
        letter: AnyMessage,
        *,
        good_until: datetime | None = None,
    ) -> None:
        """Put a message into the outbox, encrypted; it is sent once the caller's transaction is committed, and never
        after `good_until`."""
        await outbox.enqueue_message(
            session, MAIL_TOPIC, self.encrypt(Envelope(to, letter, good_until))
        )

    def encrypt(self, envelope: Envelope) -> bytes:
        return self._encryption.encrypt(msgspec.json.encode(envelope))

    def decrypt(self, body: bytes) -> Envelope:
        """Return the decrypted envelope.

        Raises:
            UnreadableEnvelope: no key decrypts it, or this version does not know its kind of message.
        """
        try:
            return msgspec.json.decode(self._encryption.decrypt(body), type=Envelope)
        except (InvalidToken, msgspec.MsgspecError) as error:
            raise UnreadableEnvelope(type(error).__name__) from None
