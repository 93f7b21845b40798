"""Verifies ES256 access tokens, again after the gateway's check, and provides the signed-in player.

The rules for the form and the claims of a token are the same in `gateway/njs/token.js`.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from jose import jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError
from litestar.connection import ASGIConnection
from litestar.middleware.authentication import (
    AbstractAuthenticationMiddleware,
    AuthenticationResult,
)
from litestar.types import ASGIApp

from transcendence_common.clock import Clock, utc_now
from transcendence_common.problems import NotSignedIn

ALGORITHM = "ES256"
BEARER_SCHEME = "Bearer "
REQUIRED_CLAIMS = ("exp", "iat", "iss", "aud", "sub")
COMPACT_JWT = re.compile(r"(?=.{1,4096}\Z)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}\Z")
"""Three parts of base64url, at most 4096 characters: python-jose also accepts padding and foreign characters."""
LEEWAY_SECONDS = 5
"""Allowed difference between the clocks of two machines."""
LONGEST_NAME = 64
"""Longest name in a token, in characters. Services store names with actions, so any signed name must fit."""
MOST_VERIFIED_TOKENS = 2_000
"""Tokens whose signature is not verified again: about 4 MB, and more than the players of one process."""
PrintableName = Annotated[str, msgspec.Meta(pattern=rf"\A[^\x00-\x1f\x7f]{{1,{LONGEST_NAME}}}\Z")]


class Player(msgspec.Struct, frozen=True):
    """The signed-in player, as described by the access token."""

    id: UUID
    name: PrintableName
    roles: frozenset[str]
    session_id: UUID


class _Times(msgspec.Struct, frozen=True):
    """The types of a token's times.

    python-jose accepts numbers in quotes, and does not compare `iat` with the clock.
    """

    exp: float
    iat: float
    nbf: float = 0


class KeySource(Protocol):
    """A source of public keys of tokens."""

    async def find(self, kid: str) -> Key | None:
        """Return the key with this id, or None.

        Raises:
            Unavailable: no key is known and the source cannot be reached.
        """


class _VerifiedToken(NamedTuple):
    """A token whose signature is genuine, with the key that verified it. It may have expired since."""

    key_id: str
    key: Key
    claims: Mapping[str, Any]
    times: _Times


class SignedTokens:
    """Verifies tokens that auth has signed for one audience; each kind of token reads its subject itself.

    The signature of a token is verified once, because that takes longer than the rest of a small request. The key and
    the times are checked for each request.
    """

    def __init__(
        self, keys: KeySource, *, issuer: str, audience: str, clock: Clock = utc_now
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._verified: dict[str, _VerifiedToken] = {}
        """The oldest first, by the token's exact text."""

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return a token's claims.

        Raises:
            NotSignedIn: it is malformed, wrongly signed, expired, from the future, or for another audience.
            Unavailable: the keys cannot be loaded.
        """
        known = self._verified.get(token)
        # A withdrawn or replaced key no longer vouches for anything.
        if known is None or await self._keys.find(known.key_id) is not known.key:
            known = await self._verify_signature(token)
            self._remember(token, known)
        self._check_times(known.times)
        return known.claims

    def _remember(self, token: str, verified: _VerifiedToken) -> None:
        self._verified.pop(token, None)
        while len(self._verified) >= MOST_VERIFIED_TOKENS:
            del self._verified[next(iter(self._verified))]
        self._verified[token] = verified

    def _check_times(self, times: _Times) -> None:
        now = self._clock().timestamp()
        if times.exp < now:
            raise NotSignedIn("The token is not valid or has expired.")
        # Otherwise the lifetime could lie anywhere in the future, and the token would be valid until then.
        if times.iat > now + LEEWAY_SECONDS:
            raise NotSignedIn("The token was made in the future.")

    async def _verify_signature(self, token: str) -> _VerifiedToken:
        """Verify a token that is not known yet: its form, key, signature, issuer and audience."""
        if not COMPACT_JWT.match(token):
            raise NotSignedIn("The token is not a signed JWT.")
        try:
            key_id = _key_id(token)
            key = await self._keys.find(key_id)
            if key is None:
                raise NotSignedIn("The token was signed by a key that is not ours.")
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                # python-jose accepts a token without these claims unless told otherwise.
                options={f"require_{claim}": True for claim in REQUIRED_CLAIMS},
            )
        except JOSEError as error:
            raise NotSignedIn("The token is not valid or has expired.") from error
        try:
            times = msgspec.convert(claims, _Times)
        except msgspec.ValidationError as error:
            raise NotSignedIn("The token's times are not numbers.") from error
        return _VerifiedToken(key_id, key, claims, times)


class AccessTokens:
    """Verifies access tokens of one issuer and audience."""

    def __init__(
        self, keys: KeySource, *, issuer: str, audience: str, clock: Clock = utc_now
    ) -> None:
        self._signed = SignedTokens(keys, issuer=issuer, audience=audience, clock=clock)

    async def verify(self, token: str) -> Player:
        """Return the player of an access token.

        Raises:
            NotSignedIn: it is malformed, wrongly signed, expired, or for another audience.
            Unavailable: the keys cannot be loaded.
        """
        return _player_from_claims(await self._signed.verify(token))


class Authentication(AbstractAuthenticationMiddleware):
    """Puts the player into `request.user`: None without a token; a bad token is answered with 401."""

    def __init__(self, app: ASGIApp, tokens: AccessTokens) -> None:
        super().__init__(app)
        self._tokens = tokens

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Read the Authorization header, the only one that identifies a player."""
        token = bearer_token(connection)
        if token is None:
            return AuthenticationResult(user=None, auth=None)
        return AuthenticationResult(user=await self._tokens.verify(token), auth=token)


def bearer_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return the request's token, or None.

    Raises:
        NotSignedIn: the header has another scheme.
    """
    header = connection.headers.get("authorization")
    if header is None:
        return None
    if not header.startswith(BEARER_SCHEME):
        raise NotSignedIn("The Authorization header must be a Bearer token.")
    return header.removeprefix(BEARER_SCHEME)


def provide_visitor(request: ASGIConnection[Any, Player | None, Any, Any]) -> Player | None:
    """Provide the dependency `visitor`: the player if signed in, else None."""
    return request.user


def provide_player(request: ASGIConnection[Any, Player | None, Any, Any]) -> Player:
    """Provide the dependency `player`: the signed-in player.

    Raises:
        NotSignedIn: the request has no access token.
    """
    if request.user is None:
        raise NotSignedIn
    return request.user


def _key_id(token: str) -> str:
    header = jwt.get_unverified_header(token)
    kid = header.get("kid")
    # `crit` names extensions that must be understood, and none is supported.
    if not isinstance(kid, str) or "crit" in header:
        raise NotSignedIn("The token's header is not one of ours.")
    return kid


def _player_from_claims(claims: Mapping[str, Any]) -> Player:
    try:
        return msgspec.convert(
            {
                "id": claims["sub"],
                "name": claims.get("name"),
                "roles": claims.get("roles"),
                "session_id": claims.get("sid"),
            },
            Player,
        )
    except msgspec.ValidationError as error:
        raise NotSignedIn("The token's claims are not ours.") from error
