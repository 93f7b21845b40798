"""Shows a line for each mail that the sink took.

Links in mails open accounts, so no file may hold them: the lines come through a pipe that the sink inherits, not
through its log.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown_lines(show: Callable[[str], None]) -> Iterator[int]:
    """Give a descriptor to write lines into, and show each line that was written."""
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
