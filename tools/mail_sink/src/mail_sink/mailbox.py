"""The messages that are kept: the newest ones, in memory."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NEWEST_KEPT = 500
# Some hundred letters are a few megabytes; this is for whoever sends what is no letter.
BYTES_KEPT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Letter:
    """What can be read of a message. `sender` as the message writes it, `recipients` as the envelope does."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    source: bytes


@dataclass(frozen=True)
class Message:
    id: int
    at: datetime
    letter: Letter

    def is_to(self, address: str) -> bool:
        return address.lower() in (recipient.lower() for recipient in self.letter.recipients)


class Mailbox:
    def __init__(self, newest: int = NEWEST_KEPT, size: int = BYTES_KEPT) -> None:
        """`size` in bytes of all sources together."""
        self._newest = newest
        self._size = size
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._last_id = 0

    def put(self, letter: Letter, at: datetime) -> Message:
        """Keeps a letter, and lets go of the oldest where there is no room."""
        self._last_id += 1
        message = Message(self._last_id, at, letter)
        self._messages.append(message)
        self._bytes += len(letter.source)
        while len(self._messages) > self._newest or self._bytes > self._size:
            self._bytes -= len(self._messages.popleft().letter.source)
        return message

    def all(self, to: str | None = None) -> Sequence[Message]:
        """Newest first; those to one address where one is named."""
        return [message for message in reversed(self._messages) if not to or message.is_to(to)]

    def find(self, number: int) -> Message | None:
        return next((message for message in self._messages if message.id == number), None)
