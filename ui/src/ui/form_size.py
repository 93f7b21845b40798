"""How large a form may be that anybody may send without being known."""

from typing import Final

MAX_FORM_BYTES: Final = 16 * 1024
"""The longest name, address, password and passkey are far below it. The gateway says the same."""
