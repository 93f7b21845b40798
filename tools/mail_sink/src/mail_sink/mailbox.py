"""Stores the newest messages in memory."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NEWEST_KEPT = 500
# Some hundred emails take a few megabytes; the limit is for senders of huge ones.
BYTES_KEPT = 64 * 1024 * 1024


@dataclass(frozen=True)
class ReadableMessage:
    """The readable parts of a message. `sender` is from its header, `recipients` from its envelope."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    source: bytes


@dataclass(frozen=True)
class StoredMessage:
    id: int
    at: datetime
    letter: ReadableMessage

    def is_to(self, address: str) -> bool:
        return address.lower() in (recipient.lower() for recipient in self.letter.recipients)


class Mailbox:
    def __init__(self, newest: int = NEWEST_KEPT, size: int = BYTES_KEPT) -> None:
        """Create an empty mailbox; `size` limits the bytes of all sources together."""
        self._newest = newest
        self._size = size
        self._messages: deque[StoredMessage] = deque()
        self._bytes = 0
        self._last_id = 0

    def store_message(self, letter: ReadableMessage, at: datetime) -> StoredMessage:
        """Store a message, and remove the oldest ones if there is no room."""
        self._last_id += 1
        message = StoredMessage(self._last_id, at, letter)
        self._messages.append(message)
        self._bytes += len(letter.source)
        while len(self._messages) > self._newest or self._bytes > self._size:
            self._bytes -= len(self._messages.popleft().letter.source)
        return message

    def list_messages(self, to: str | None = None) -> Sequence[StoredMessage]:
        """Return messages, newest first; only those to one address if it is given."""
        return [message for message in reversed(self._messages) if not to or message.is_to(to)]

    def find_message(self, number: int) -> StoredMessage | None:
        return next((message for message in self._messages if message.id == number), None)
