"""Size limit of forms from unauthenticated visitors."""

from typing import Final

MAX_FORM_BYTES: Final = 16 * 1024
"""Far above the longest name, address, password and passkey. The gateway has the same limit."""
