"""Shows a line for each email that the mail sink received.

Links in emails give access to accounts, so they must not be stored in a file: the lines come through a pipe that the
sink inherits, not through its log.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def showing_mail_announcements(show: Callable[[str], None]) -> Iterator[int]:
    """Provide a file descriptor to write lines into; each line is passed to `show`."""
    readable, writable = os.pipe()
    loop = asyncio.get_running_loop()
    rest = b""

    def read() -> None:
        nonlocal rest
        *lines, rest = (rest + os.read(readable, 65536)).split(b"\n")
        for line in lines:
            show(line.decode(errors="replace"))

    loop.add_reader(readable, read)
    try:
        yield writable
    finally:
        loop.remove_reader(readable)
        os.close(readable)
        os.close(writable)
