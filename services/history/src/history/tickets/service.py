"""Creates match tickets."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from contracts.history.modes import HOTSEAT
from contracts.history.tickets import HotseatTicketRequest, TicketMode, TicketRequest
from history.tickets.signing import TicketClaims
from pong.ai import LEVELS
from pong.court import POINTS_CHOICES, RULES_VERSION
from transcendence_common.identity import Player
from transcendence_common.ids import new_id
from transcendence_common.names import NameRefused, clean_name
from transcendence_common.problems import FieldError, InvalidFields
from transcendence_common.reserved_names import look_the_same

TICKET_LIFETIME = timedelta(hours=2)
"""Four times the longest match: time for pauses, and for a lost connection to come back."""
HOTSEAT_TICKET_LIFETIME = timedelta(hours=24)
"""The page of a tournament at home may stay open for hours. Both sides play at the host's own keyboard, so the
additional time gives neither an advantage."""
SEED_BITS = 32
LONGEST_TYPED_NAME = 32
"""Characters of the name of a player without an account."""
COMPUTER_NAME = "Computer"
GUEST_NAME = "Guest"


def new_ticket(request: TicketRequest, player: Player, now: datetime) -> TicketClaims:
    """Return the ticket of one match that the player may play from now on.

    Raises:
        InvalidFields: the rules do not allow such a match, or the name cannot be shown.
    """
    errors = list(_rule_errors(request))
    opponent_name = COMPUTER_NAME if request.mode == "ai" else GUEST_NAME
    if request.mode == "local" and request.opponent_name is not None:
        opponent_name = _clean_or_report("opponent_name", request.opponent_name, errors)
        if look_the_same(opponent_name, COMPUTER_NAME):
            errors.append(
                FieldError("opponent_name", "This is the computer's name. Choose another name.")
            )
    if errors:
        raise InvalidFields(*errors)
    return _new_ticket(
        player.id,
        mode=request.mode,
        level=request.level,
        points=request.points,
        names=(player.name, opponent_name),
        now=now,
        lifetime=TICKET_LIFETIME,
    )


def new_hotseat_ticket(request: HotseatTicketRequest, now: datetime) -> TicketClaims:
    """Return the ticket of one match of two aliases, which their host submits.

    Raises:
        InvalidFields: the rules do not allow such a match, or a name cannot be shown.
    """
    errors = _points_errors(request.points)
    left_name = _clean_or_report("left_name", request.left_name, errors)
    right_name = _clean_or_report("right_name", request.right_name, errors)
    if errors:
        raise InvalidFields(*errors)
    return _new_ticket(
        request.host_id,
        mode=HOTSEAT,
        level=None,
        points=request.points,
        names=(left_name, right_name),
        now=now,
        lifetime=HOTSEAT_TICKET_LIFETIME,
    )


def _new_ticket(
    holder: UUID,
    *,
    mode: TicketMode,
    level: str | None,
    points: int,
    names: tuple[str, str],
    now: datetime,
    lifetime: timedelta,
) -> TicketClaims:
    return TicketClaims(
        match_id=new_id(),
        sub=holder,
        name=names[0],
        mode=mode,
        level=level,
        opponent_name=names[1],
        rules=RULES_VERSION,
        seed=secrets.randbits(SEED_BITS),
        points=points,
        iat=int(now.timestamp()),
        exp=int((now + lifetime).timestamp()),
    )


def _clean_or_report(field: str, typed: str, errors: list[FieldError]) -> str:
    """Return a name as it is shown; if it cannot be shown, append the problem to the errors."""
    try:
        return clean_name(typed, longest=LONGEST_TYPED_NAME)
    except NameRefused as refused:
        errors.append(FieldError(field, str(refused)))
        return ""


def _points_errors(points: int) -> list[FieldError]:
    if points in POINTS_CHOICES:
        return []
    return [FieldError("points", f"Choose one of {_join_choices(POINTS_CHOICES)}.")]


def _rule_errors(request: TicketRequest) -> list[FieldError]:
    errors = _points_errors(request.points)
    if request.mode == "ai":
        if request.level not in LEVELS:
            errors.append(FieldError("level", f"Choose one of {_join_choices(LEVELS)}."))
        if request.opponent_name is not None:
            errors.append(
                FieldError("opponent_name", "Leave the name empty: the computer has its own.")
            )
    elif request.level is not None:
        errors.append(FieldError("level", "Leave the level empty: only the computer has one."))
    return errors


def _join_choices(choices: tuple[object, ...]) -> str:
    return ", ".join(map(str, choices))
