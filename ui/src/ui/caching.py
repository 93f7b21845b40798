"""What nobody may keep."""

from typing import Final

NOT_KEPT: Final = {"Cache-Control": "no-store"}
"""The header of what only the one who asks may see, or only now."""
