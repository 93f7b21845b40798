"""Requests for tickets, and their answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

RequestedMode = Literal["ai", "local"]
"""Modes for which a player may request a ticket: one browser plays them alone. The service that runs an online match
submits it."""
TicketMode = Literal[RequestedMode, "hotseat"]
"""Only the tournament service requests tickets of the mode `hotseat`: it knows who is to play whom."""


class TicketRequest(msgspec.Struct, frozen=True):
    """A request for a ticket; history checks the level, the points and the name when it creates the ticket."""

    mode: RequestedMode
    points: int
    level: str | None = None
    opponent_name: str | None = None


class HotseatTicketRequest(msgspec.Struct, frozen=True):
    """A request for a match between two aliases at the host's keyboard."""

    host_id: UUID
    points: int
    left_name: str
    right_name: str


class IssuedTicket(msgspec.Struct, frozen=True):
    """The permission to play one match: its seed and rules, and the ticket with which it is submitted."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int
    expires_at: datetime
