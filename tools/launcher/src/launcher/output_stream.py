"""Standard output and error, whose reader may disappear before the launcher has finished."""

import os
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO


class OutputStream(TextIOWrapper):
    """A stream that discards its text once it has no reader, because stopping in order is more important than output.

    This happens if the terminal was closed, or the other end of the pipe has exited: in `make up | tee log`, Ctrl-C
    ends `tee` first.
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
        """Discard all text written from now on, including the text in the buffer."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def open_output_stream(stream: TextIO | None) -> OutputStream:
    """Return an output stream that writes to `stream`, or one that discards its text if `stream` was closed before the
    start.

    A character that the terminal's encoding lacks becomes a question mark.
    """
    if stream is None:
        return OutputStream(Path(os.devnull).open("wb"))
    binary = os.fdopen(stream.fileno(), "wb", closefd=False)
    return OutputStream(binary, encoding=stream.encoding, errors="replace", line_buffering=True)
