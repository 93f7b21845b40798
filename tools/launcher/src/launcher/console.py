"""The launcher's output for the user."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from launcher.output_stream import open_output_stream

NAME_WIDTH = 22


class Report:
    """Prints one line for each event, and a spinner on a terminal."""

    def __init__(self) -> None:
        self._out = Console(file=open_output_stream(sys.stdout), highlight=False, soft_wrap=True)
        self._err = Console(file=open_output_stream(sys.stderr), highlight=False, soft_wrap=True)

    @contextmanager
    def spinner(self, text: str) -> Iterator[None]:
        with self._out.status(Text(text), spinner="line"):
            yield

    @contextmanager
    def timed_step(self, name: str) -> Iterator[None]:
        """Print a line with the seconds that the block took, once it has succeeded."""
        started = time.monotonic()
        with self.spinner(f"{name} …"):
            yield
        self.print_done(name, seconds_since(started))

    def print_done(self, name: str, note: str) -> None:
        self._print_marked("✓", "green", f"{name:<{NAME_WIDTH}} {note}")

    def print_notice(self, text: str) -> None:
        self._print_marked("!", "yellow", text)

    def print_news(self, text: str) -> None:
        self._print_marked("›", "cyan", text)

    def print_failure(self, text: str) -> None:
        self._err.print(Text.assemble(("✗ ", "bold red"), text))

    def print_text(self, text: str = "") -> None:
        self._out.print(Text(text))

    def print_address(self, url: str, note: str) -> None:
        self._out.print()
        self._out.print(Text.assemble("  ", (url, "bold cyan"), f"   {note}"))

    def _print_marked(self, mark: str, colour: str, text: str) -> None:
        self._out.print(Text.assemble("  ", (mark, colour), f" {text}"))


def seconds_since(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"
