"""Standard output and error, which may lose their reader before the launcher has finished."""

import os
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO


class Outlet(TextIOWrapper):
    """Goes quiet once nobody can read it: stopping in order matters more than saying so.

    The terminal was closed, or the other end of the pipe has gone: in `make up | tee log` Ctrl-C ends
    `tee` first.
    """

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            return super().write(text)
        self.silence()
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            return super().flush()
        self.silence()
        return super().flush()

    def silence(self) -> None:
        """From here on everything written goes nowhere, what is still in the buffer included."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def open_outlet(stream: TextIO | None) -> Outlet:
    """An outlet to where `stream` goes; nowhere when it was closed before we started.

    A character that the terminal's encoding lacks becomes a question mark.
    """
    if stream is None:
        return Outlet(Path(os.devnull).open("wb"))
    binary = os.fdopen(stream.fileno(), "wb", closefd=False)
    return Outlet(binary, encoding=stream.encoding, errors="replace", line_buffering=True)
