"""SMTP client of the mail server, and the meaning of the server's errors."""

import asyncio
import ssl
from urllib.parse import urlsplit

import aiosmtplib
import msgspec

from auth.settings import AuthSettings, SmtpTls
from transcendence_common.outbox import PermanentFailure, TemporaryFailure

ANSWER_TIMEOUT_SECONDS = 10.0
"""Seconds to wait for a connection and for each answer. Servers that delay their greeting to unknown clients are still
reached."""
DELIVERY_SECONDS = 30.0
"""Seconds for one delivery. It is longer than a stopping service waits for running deliveries: one that is cut off is
tried again by another replica, and the reader may get it twice, with the same Message-ID."""
FIRST_PERMANENT_CODE = 500


class MailServer(msgspec.Struct, frozen=True):
    """Address and credentials of the mail server; `own_name` is the host name sent to it."""

    host: str
    port: int
    tls: SmtpTls
    own_name: str
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Leave out the password: representations end up in logs."""
        return f"MailServer({self.host!r}, {self.port}, {self.tls!r})"


class SmtpClient:
    """Hands messages to one mail server, with one connection per message: there are few, and an idle one would be
    closed."""

    def __init__(self, server: MailServer, trust: ssl.SSLContext | None = None) -> None:
        """Create the client. Without `trust` the server's certificate must come from an authority that the system
        trusts."""
        self._server = server
        self._trust = trust or (None if server.tls == "none" else ssl.create_default_context())

    async def send_message(self, message: bytes, *, sender: str, to: str, utf8: bool) -> None:
        """Send one message to the mail server, and return once the server has accepted it.

        No exception raised here contains an address: servers repeat addresses in their answers, and exceptions are
        logged.

        Raises:
            TemporaryFailure: the server is unavailable, busy, or rejects us; that can change.
            PermanentFailure: it will never accept this message for this recipient.
        """
        try:
            async with asyncio.timeout(DELIVERY_SECONDS), self._client() as client:
                await _send_over(client, message, sender=sender, to=to, utf8=utf8)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _delivery_error("recipient refused", error.recipients[0].code) from None
        except aiosmtplib.SMTPDataError as error:
            raise _delivery_error("letter refused", error.code) from None
        except aiosmtplib.SMTPNotSupported:
            raise PermanentFailure("the server takes no address with such letters") from None
        except aiosmtplib.SMTPResponseException as error:
            # Greeting, password or sender was rejected: a configuration problem that an operator can fix.
            raise TemporaryFailure(f"{type(error).__name__} {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise TemporaryFailure(type(error).__name__) from None
        except ValueError as error:
            # The host name is malformed: the settings are wrong, not the message.
            raise TemporaryFailure(type(error).__name__) from None

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            # Otherwise it is looked up in a thread, which may ask a name server that does not answer.
            local_hostname=server.own_name,
            timeout=ANSWER_TIMEOUT_SECONDS,
            use_tls=server.tls == "tls",
            # Never "if the server offers it": an attacker in the middle would remove the offer.
            start_tls=server.tls == "starttls",
            tls_context=self._trust,
        )


def mail_server_of(settings: AuthSettings) -> MailServer:
    password = settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        own_name=urlsplit(settings.public_url).hostname or "localhost",
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
    )


async def _send_over(
    client: aiosmtplib.SMTP, message: bytes, *, sender: str, to: str, utf8: bool
) -> None:
    options = ["SMTPUTF8"] if utf8 else []
    try:
        await client.sendmail(sender, [to], message, mail_options=options)
    except ValueError:
        raise PermanentFailure("this is no address that a mail can be sent to") from None
    except asyncio.CancelledError:
        # Otherwise the client would send QUIT first, and wait for a server that does not answer.
        client.close()
        raise


def _delivery_error(what: str, code: int) -> TemporaryFailure | PermanentFailure:
    reason = f"{what}: {code}"
    return PermanentFailure(reason) if code >= FIRST_PERMANENT_CODE else TemporaryFailure(reason)
