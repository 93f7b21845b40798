"""What is asked of a ticket and what comes back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

AskedMode = Literal["ai", "local"]
"""What a player may ask for: what one browser plays alone. An online match is sent in by the service that ran it."""
TicketMode = Literal[AskedMode, "hotseat"]
"""For the last one tournament asks: it knows who is to play whom."""


class TicketRequest(msgspec.Struct, frozen=True):
    """A match somebody wants to play; which level, points and name are allowed is in `service.py`."""

    mode: AskedMode
    points: int
    level: str | None = None
    opponent_name: str | None = None


class HotseatTicketRequest(msgspec.Struct, frozen=True):
    """A match that two aliases are to play at somebody's keyboard."""

    host_id: UUID
    points: int
    left_name: str
    right_name: str


class IssuedTicket(msgspec.Struct, frozen=True):
    """Leave to play one match: the seed and rules it is played with, and the ticket that sends it in."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int
    expires_at: datetime
