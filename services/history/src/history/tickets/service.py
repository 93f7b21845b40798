"""Gives leave to play a match."""

import secrets
from datetime import datetime, timedelta

from history.tickets.names import NameRefused, clean_name
from history.tickets.schemas import TicketRequest
from history.tickets.signing import Ticket
from pong.ai import LEVELS
from pong.court import POINTS_CHOICES, RULES_VERSION
from transcendence_common.identity import Player
from transcendence_common.ids import new_id
from transcendence_common.problems import FieldError, InvalidFields

TICKET_LIFETIME = timedelta(hours=2)
"""Four times the longest match: time for pauses, and for a connection that comes back."""
SEED_BITS = 32
COMPUTER_NAME = "Computer"
GUEST_NAME = "Guest"


def new_ticket(request: TicketRequest, player: Player, now: datetime) -> Ticket:
    """Return the ticket of one match that the player may play from now on.

    Raises:
        InvalidFields: the rules do not know such a match, or the name cannot be shown.
    """
    errors = list(_broken_rules(request))
    opponent_name = COMPUTER_NAME if request.mode == "ai" else GUEST_NAME
    if request.mode == "local" and request.opponent_name is not None:
        try:
            opponent_name = clean_name(request.opponent_name)
        except NameRefused as refused:
            errors.append(FieldError("opponent_name", str(refused)))
    if errors:
        raise InvalidFields(*errors)
    return Ticket(
        match_id=new_id(),
        sub=player.id,
        name=player.name,
        mode=request.mode,
        level=request.level,
        opponent_name=opponent_name,
        rules=RULES_VERSION,
        seed=secrets.randbits(SEED_BITS),
        points=request.points,
        iat=int(now.timestamp()),
        exp=int((now + TICKET_LIFETIME).timestamp()),
    )


def _broken_rules(request: TicketRequest) -> list[FieldError]:
    errors = []
    if request.points not in POINTS_CHOICES:
        errors.append(FieldError("points", f"Choose one of {_listed(POINTS_CHOICES)}."))
    if request.mode == "ai":
        if request.level not in LEVELS:
            errors.append(FieldError("level", f"Choose one of {_listed(LEVELS)}."))
        if request.opponent_name is not None:
            errors.append(FieldError("opponent_name", "The computer has its own name."))
    elif request.level is not None:
        errors.append(FieldError("level", "Only the computer plays at a level."))
    return errors


def _listed(choices: tuple[object, ...]) -> str:
    return ", ".join(map(str, choices))
