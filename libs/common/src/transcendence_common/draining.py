"""Whether this process is about to end, and whether it still serves only so that nobody meets a closing door.

Set by the server. The probe tells the one, whoever keeps an answer open looks at the other.
"""

from threading import Event
from typing import Final

DRAINING: Final = Event()
"""One for the process, because a signal is the process's too. Never cleared: what drains then ends."""

STOPPING: Final = Event()
"""Set as soon as the process is told to stop, with or without a drain. An answer that would stay open ends then: the
server waits for it, and whoever reads it will be better off with another process."""
