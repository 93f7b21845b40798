"""The mail server that takes our letters from us, and what its refusals mean."""

import asyncio
import ssl
from urllib.parse import urlsplit

import aiosmtplib
import msgspec

from auth.settings import AuthSettings, SmtpTls
from transcendence_common.outbox import NotNow, Undeliverable

ANSWER_SECONDS = 10.0
"""For a connection and for each answer; a server that makes strangers wait a little before it greets is still heard."""
DELIVERY_SECONDS = 30.0
"""For all of a letter. Longer than a service that stops waits for deliveries under way: one that is cut off is tried
again by whoever runs next, and its reader may find it twice, with one Message-ID."""
PERMANENT = 500


class MailServer(msgspec.Struct, frozen=True):
    """Where the mail server is and how it is spoken to; `own_name` is what we call ourselves there."""

    host: str
    port: int
    tls: SmtpTls
    own_name: str
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Without the password: representations end up in logs."""
        return f"MailServer({self.host!r}, {self.port}, {self.tls!r})"


class SmtpClient:
    """Hands letters to one mail server, a connection each: there are few, and a kept one would be closed meanwhile."""

    def __init__(self, server: MailServer, trust: ssl.SSLContext | None = None) -> None:
        """Without `trust` the server's certificate must come from an authority that the system knows."""
        self._server = server
        self._trust = trust or (None if server.tls == "none" else ssl.create_default_context())

    async def hand_over(self, message: bytes, *, sender: str, to: str, utf8: bool) -> None:
        """Return once the server has taken the letter.

        No exception of this says an address: servers like to repeat them in their answers, and what is raised here is
        logged.

        Raises:
            NotNow: the server is away, busy, or does not like us; that can change.
            Undeliverable: it will never take this letter for this person.
        """
        try:
            async with asyncio.timeout(DELIVERY_SECONDS), self._client() as client:
                await _send(client, message, sender=sender, to=to, utf8=utf8)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict("recipient refused", error.recipients[0].code) from None
        except aiosmtplib.SMTPDataError as error:
            raise _verdict("letter refused", error.code) from None
        except aiosmtplib.SMTPNotSupported:
            raise Undeliverable("the server takes no address with such letters") from None
        except aiosmtplib.SMTPResponseException as error:
            # Greeting, password, sender: what is wrong is between us and the server, and an operator can mend it.
            raise NotNow(f"{type(error).__name__} {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotNow(type(error).__name__) from None
        except ValueError as error:
            # A host that cannot be one: the settings are wrong, and not the letter.
            raise NotNow(type(error).__name__) from None

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            # Or it is looked up in a thread, which may ask a name server that does not answer.
            local_hostname=server.own_name,
            timeout=ANSWER_SECONDS,
            use_tls=server.tls == "tls",
            # Never "if the server offers it": whoever sits between would not offer it.
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


async def _send(
    client: aiosmtplib.SMTP, message: bytes, *, sender: str, to: str, utf8: bool
) -> None:
    options = ["SMTPUTF8"] if utf8 else []
    try:
        await client.sendmail(sender, [to], message, mail_options=options)
    except ValueError:
        raise Undeliverable("this is no address that a mail can be sent to") from None
    except asyncio.CancelledError:
        # Or the client would say goodbye first, and wait for a server that answers nothing.
        client.close()
        raise


def _verdict(what: str, code: int) -> NotNow | Undeliverable:
    reason = f"{what}: {code}"
    return Undeliverable(reason) if code >= PERMANENT else NotNow(reason)
