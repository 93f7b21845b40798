import hashlib
from datetime import timedelta

import structlog

from auth.mail.mailer import Envelope, Mailer, UnreadableEnvelope
from auth.mail.smtp import SmtpClient
from auth.mail.writing import MessageWriter
from transcendence_common.clock import Clock
from transcendence_common.outbox import PermanentFailure, TemporaryFailure

GIVEN_UP_AFTER = timedelta(days=3)
"""Time after which delivery is given up, so that a weekend's outage of the mail server loses nothing. An email with a
link is given up when its link expires."""
DELIVERIES_AT_ONCE = 4
"""Deliveries in parallel over all replicas: mail servers limit connections, and one that hangs must leave room for the
rest of the outbox."""
REFERENCE_LENGTH = 32
_REASONS: dict[type[Exception], str] = {
    TemporaryFailure: "not_taken_now",
    PermanentFailure: "refused",
}

logger = structlog.get_logger("auth.mail")


class MailDelivery:
    """Takes messages out of the outbox and hands them to the mail server. The outbox handles failed deliveries."""

    def __init__(
        self, mailer: Mailer, writer: MessageWriter, server: SmtpClient, clock: Clock
    ) -> None:
        self._mailer = mailer
        self._writer = writer
        self._server = server
        self._clock = clock

    async def deliver(self, body: bytes) -> None:
        """Decrypt an envelope from the outbox, render its message and send it to the mail server.

        Raises:
            PermanentFailure: the message has expired, or will never be accepted.
            TemporaryFailure: the mail server did not accept it this time, or this replica cannot decrypt it.
        """
        reference = _reference_of(body)
        try:
            envelope = self._mailer.decrypt(body)
        except UnreadableEnvelope as error:
            _log_delivery(reference, reason="unreadable")
            # A newer replica may have written it, or encrypted it with a key that this replica has not loaded yet.
            raise TemporaryFailure(f"it cannot be read: {error}") from None
        now = self._clock()
        if envelope.good_until is not None and envelope.good_until <= now:
            _log_delivery(reference, envelope, reason="expired")
            raise PermanentFailure("its link has expired")
        try:
            mail = self._writer.render(envelope, reference=reference, now=now)
        except ValueError:
            _log_delivery(reference, envelope, reason="not_an_address")
            raise PermanentFailure("no mail can be written to this address") from None
        try:
            await self._server.send_message(
                mail.message, sender=self._writer.sender, to=mail.to, utf8=mail.utf8
            )
        except (TemporaryFailure, PermanentFailure) as error:
            _log_delivery(reference, envelope, reason=_REASONS[type(error)])
            raise
        _log_delivery(reference, envelope)


def _reference_of(body: bytes) -> str:
    """Return a reference made from the encrypted envelope: unique, and the same for every attempt."""
    return hashlib.sha256(body).hexdigest()[:REFERENCE_LENGTH]


def _log_delivery(reference: str, envelope: Envelope | None = None, *, reason: str = "") -> None:
    """Log the kind of message, never its recipient. The outbox logs the mail server's code."""
    logger.info(
        "email not sent" if reason else "email sent",
        **{
            "event.action": "email-send",
            "event.category": ["email"],
            "event.type": ["info"],
            "event.outcome": "failure" if reason else "success",
            **({"event.reason": reason} if reason else {}),
            **({"labels.letter": envelope.letter.template} if envelope else {}),
            "labels.message_id": reference,
        },
    )
