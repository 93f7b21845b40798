"""Whether this process still serves only so that nobody meets a closing door: set by the server, told by the probe."""

from threading import Event
from typing import Final

DRAINING: Final = Event()
"""One for the process, because a signal is the process's too. Never cleared: what drains then ends."""
