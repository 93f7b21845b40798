"""The line that standard output gets for each message: time, recipients, subject and links, with tabs between."""

import sys

from mail_sink.links import find_links
from mail_sink.mailbox import Message

LONGEST_FIELD = 1000


def announce(message: Message) -> None:
    sys.stdout.write(f"{line_of(message)}\n")
    sys.stdout.flush()


def line_of(message: Message) -> str:
    letter = message.letter
    fields = (
        message.at.isoformat(timespec="seconds"),
        ", ".join(letter.recipients),
        letter.subject,
        " ".join(find_links(letter.text)),
    )
    return "\t".join(map(_printable, fields))


def _printable(field: str) -> str:
    """Whoever writes a mail must not write to the terminal that shows this: no control characters."""
    return "".join(each if each.isprintable() else "?" for each in field[:LONGEST_FIELD])
