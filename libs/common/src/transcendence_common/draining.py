"""Events that tell whether this process drains or stops; set by the server.

While it drains, it still serves until the gateway has noticed. Readiness reads DRAINING, streams read STOPPING.
"""

from threading import Event
from typing import Final

DRAINING: Final = Event()
"""Set while the process drains. One for the process, as a signal is. Never cleared: a draining process ends."""

STOPPING: Final = Event()
"""Set as soon as the process is told to stop, with or without a drain. Streams end then: the server waits for them, and
their readers reconnect to another process."""
