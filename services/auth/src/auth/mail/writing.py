"""Renders messages with `templates/` as text and HTML, under headers that user input cannot extend."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from auth.accounts import emails
from auth.mail.mailer import Envelope
from auth.mail.messages import AnyMessage, Notice
from auth.mail.notice_words import notice_words_of

TEMPLATES = Path(__file__).parent / "templates"
SITE_NAME = "Transcendence"
PART_OF_A_LINK = re.compile(r"[.:/@。．｡․]+(?=\S)")


class RenderedMail(msgspec.Struct, frozen=True):
    """An email ready for the mail server; `utf8` if an address has non-ASCII characters that cannot be encoded."""

    message: bytes
    to: str
    utf8: bool


class MessageWriter:
    """Renders messages with links to the platform's public address."""

    def __init__(self, *, public_url: str, mail_from: str) -> None:
        self._public_url = public_url.rstrip("/")
        name, sender = parseaddr(mail_from)
        self.sender = _without_foreign_domain(sender)
        self._from = Address(name, addr_spec=self.sender)
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._templates.filters["moment"] = _readable_time
        self._templates.filters["unlinked"] = _without_links

    def render(self, envelope: Envelope, *, reference: str, now: datetime) -> RenderedMail:
        """Render the message as an email.

        Args:
            envelope: the recipient and the message.
            reference: makes the Message-ID; the same for every attempt, so that duplicates can be recognised.
            now: the date of the email.

        Raises:
            ValueError: the recipient's address is invalid.
        """
        if emails.problem_with_email(envelope.to):
            raise ValueError("not an address")
        to = _without_foreign_domain(envelope.to)
        utf8 = not (to.isascii() and self.sender.isascii())
        message = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
        subject, text, html = self._render_parts(envelope.letter)
        message["From"] = self._from
        local, _, domain = to.rpartition("@")
        message["To"] = Address(envelope.letter.username, local, domain)
        message["Subject"] = subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{reference}@{self._from.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        # Quoted-printable allows lines of any length and alphabet, and survives old relays.
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return RenderedMail(message.as_bytes(), to, utf8)

    def _render_parts(self, letter: AnyMessage) -> tuple[str, str, str]:
        context: dict[str, object] = {
            **msgspec.structs.asdict(letter),
            "public_url": self._public_url,
            "site_name": SITE_NAME,
        }
        if isinstance(letter, Notice):
            context["words"] = notice_words_of(letter.action)
        text = self._templates.get_template(f"{letter.template}.txt")
        html = self._templates.get_template(f"{letter.template}.html")
        subject = "".join(text.blocks["subject"](text.new_context(context)))
        return subject.strip(), text.render(context), html.render(context, subject=subject.strip())


def _without_foreign_domain(email: str) -> str:
    """Return the address with its domain in ASCII, so that fewer servers need SMTPUTF8.

    If Python's older rules (IDNA 2003) would encode another domain than the one typed (they turn `ß` into `ss`), it
    stays unchanged: a token must not go to a stranger.
    """
    local, _, domain = email.rpartition("@")
    try:
        encoded = domain.encode("idna")
        same = encoded.decode("idna").lower() == domain.lower()
    except UnicodeError:
        return email
    return f"{local}@{encoded.decode()}" if same else email


def _readable_time(iso: str) -> str:
    """Format `2026-11-25T04:29:00+00:00` as `25 November 2026, 04:29 UTC`."""
    at = datetime.fromisoformat(iso)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _without_links(words: str) -> str:
    """Turn `evil.example` into `evil example`: mail programs turn it into a link, and an attacker who has taken over an
    account chooses the names of its passkeys and devices."""
    return PART_OF_A_LINK.sub(" ", words)
