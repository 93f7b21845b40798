"""Parses a message. Parts that cannot be parsed are left empty; the source is shown in any case."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import TypeVar

from mail_sink.mailbox import ReadableMessage

ReadT = TypeVar("ReadT")


def read_message(source: bytes, sender: str, recipients: list[str]) -> ReadableMessage:
    """Parse a message; `sender` and `recipients` are those of the envelope."""
    parts = _none_if_malformed(lambda: message_from_bytes(source, policy=modern))
    return ReadableMessage(
        sender=_read_header(parts, "From") or sender,
        recipients=tuple(recipients),
        subject=_read_header(parts, "Subject"),
        text=_read_body(parts, "plain"),
        html=_read_body(parts, "html"),
        source=source,
    )


def _read_header(message: EmailMessage | None, name: str) -> str:
    if message is None:
        return ""
    value = _none_if_malformed(lambda: str(message.get(name, "")))
    return " ".join((value or "").split())


def _read_body(message: EmailMessage | None, kind: str) -> str:
    if message is None:
        return ""
    return _none_if_malformed(lambda: _read_content(message, kind)) or ""


def _read_content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n").strip()


def _none_if_malformed(read: Callable[[], ReadT]) -> ReadT | None:
    """Return the result, or None for a malformed message: the library raises many errors, and recurses as deep as the
    parts."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - see above
        return None
