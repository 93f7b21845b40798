"""Hands letters to the outbox. They hold tokens and addresses, so they lie there encrypted."""

from datetime import datetime

import msgspec
from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy.ext.asyncio import AsyncSession

from auth.mail.messages import AnyMessage
from transcendence_common import outbox

TOPIC = "mail"


class Envelope(msgspec.Struct, frozen=True):
    """A letter and where it goes."""

    to: str
    letter: AnyMessage
    good_until: datetime | None = None
    """When the link in it expires: then nobody needs the letter any more."""

    def __repr__(self) -> str:
        """Without the address: representations end up in logs."""
        return f"Envelope({self.letter!r})"


class UnreadableEnvelope(Exception):
    """It was closed with a key that is gone, or is none of ours."""


class Mailer:
    """Sends letters after the transaction that causes them has been committed."""

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
        """Send a letter if the caller's transaction is committed; one with a link while the link is good."""
        await outbox.put(session, TOPIC, self.closed(Envelope(to, letter, good_until)))

    def closed(self, envelope: Envelope) -> bytes:
        return self._encryption.encrypt(msgspec.json.encode(envelope))

    def opened(self, body: bytes) -> Envelope:
        """Return what was put in.

        Raises:
            UnreadableEnvelope: no key opens it, or its letter is of a kind that this version does not know.
        """
        try:
            return msgspec.json.decode(self._encryption.decrypt(body), type=Envelope)
        except (InvalidToken, msgspec.MsgspecError) as error:
            raise UnreadableEnvelope(type(error).__name__) from None
