"""Purposes of email links, and how long links are valid."""

from datetime import timedelta
from typing import Final

VERIFY: Final = "verify"
CHANGE: Final = "change"
RESET: Final = "reset"
PURPOSES: Final = (VERIFY, CHANGE, RESET)

LIFETIMES: Final = {
    VERIFY: timedelta(hours=24),
    CHANGE: timedelta(hours=24),
    # Short, because the link allows a reader of the mailbox to choose the password.
    RESET: timedelta(minutes=30),
}
