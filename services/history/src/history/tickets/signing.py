"""Signs and verifies match tickets. They are not stored, so unfinished matches leave no data."""

from typing import Any
from uuid import UUID

import msgspec
from jose import jwk, jwt
from jose.exceptions import JOSEError

from contracts.history.tickets import TicketMode
from history.errors import TicketForged

ALGORITHM = "HS256"
TICKET_AUDIENCE = "history/match-ticket"
TICKET_TYPE = "match-ticket+jwt"
"""Audience and type distinguish tickets from access tokens, even if their keys are mixed up."""


class TicketClaims(msgspec.Struct, frozen=True):
    """The claims of a match ticket: the player who may submit a match, and the match. `iat` and `exp` are seconds since
    1970.

    `name` is the left side's: the player's own, or in a hotseat match the first alias.
    """

    match_id: UUID
    sub: UUID
    name: str
    mode: TicketMode
    level: str | None
    opponent_name: str
    rules: int
    seed: int
    points: int
    iat: int
    exp: int


class TicketSigner:
    """Signs tickets, and verifies their signature."""

    def __init__(self, secret: str) -> None:
        self._key = jwk.construct(secret, ALGORITHM)

    def sign(self, ticket: TicketClaims) -> str:
        """Return a ticket in its signed form."""
        claims: dict[str, Any] = {**msgspec.to_builtins(ticket), "aud": TICKET_AUDIENCE}
        signed: str = jwt.encode(
            claims, self._key, algorithm=ALGORITHM, headers={"typ": TICKET_TYPE}
        )
        return signed

    def verify(self, signed: str) -> TicketClaims:
        """Return a genuine ticket, expired or not: a match that was stored in time may be sent again later.

        Raises:
            TicketForged: the ticket was not signed here, or not as a match ticket.
        """
        try:
            # Checked first: unlike `decode`, it raises an error for a header that is nested too deeply.
            if jwt.get_unverified_header(signed).get("typ") != TICKET_TYPE:
                raise TicketForged
            claims = jwt.decode(
                signed,
                self._key,
                algorithms=[ALGORITHM],
                audience=TICKET_AUDIENCE,
                options={"verify_exp": False, "require_aud": True},
            )
            return msgspec.convert(claims, TicketClaims)
        except (JOSEError, msgspec.ValidationError) as error:
            raise TicketForged from error
