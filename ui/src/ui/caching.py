"""Cache headers for answers that must not be cached."""

from typing import Final

NO_STORE: Final = {"Cache-Control": "no-store"}
"""Header for answers that only their reader may see, or that are valid only now."""
