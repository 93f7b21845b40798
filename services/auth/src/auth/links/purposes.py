"""What a link in a letter is for, and for how long it is good."""

from datetime import timedelta
from typing import Final

VERIFY: Final = "verify"
CHANGE: Final = "change"
RESET: Final = "reset"
PURPOSES: Final = (VERIFY, CHANGE, RESET)

LIFETIMES: Final = {
    VERIFY: timedelta(hours=24),
    CHANGE: timedelta(hours=24),
    # Whoever reads it may choose the password: it should not lie in a mailbox for long.
    RESET: timedelta(minutes=30),
}
