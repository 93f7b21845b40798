"""The line on standard output for each message: recipients, subject and the first link of its text."""

import sys

from mail_sink.links import find_links
from mail_sink.mailbox import ReadableMessage

LONGEST_FIELD = 1000


def announce_message(letter: ReadableMessage) -> None:
    sys.stdout.write(f"{announcement_line(letter)}\n")
    sys.stdout.flush()


def announcement_line(letter: ReadableMessage) -> str:
    recipients = _printable(", ".join(letter.recipients))
    link = next(iter(find_links(letter.text)), "")
    return f"mail to {recipients}: {_printable(letter.subject)}  {_printable(link)}".rstrip()


def _printable(field: str) -> str:
    """Replace control characters, because a sender must not control the terminal that shows the line."""
    return "".join(each if each.isprintable() else "?" for each in field[:LONGEST_FIELD])
