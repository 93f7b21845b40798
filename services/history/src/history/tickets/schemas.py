"""What is asked of a ticket and what comes back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

TicketMode = Literal["ai", "local"]
"""What one browser plays alone. An online match is sent in by the service that ran it."""


class TicketRequest(msgspec.Struct, frozen=True):
    """A match somebody wants to play; which level, points and name are allowed is in `service.py`."""

    mode: TicketMode
    points: int
    level: str | None = None
    opponent_name: str | None = None


class TicketGiven(msgspec.Struct, frozen=True):
    """Leave to play one match: the seed and rules it is played with, and the ticket that sends it in."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int
    expires_at: datetime
