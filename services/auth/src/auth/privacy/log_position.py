"""Where a page of the security log ends."""

from datetime import datetime
from uuid import UUID

import msgspec


class LogPosition(msgspec.Struct, frozen=True):
    """The last row of a page of the log."""

    at: datetime
    id: UUID
