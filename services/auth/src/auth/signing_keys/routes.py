"""The public keys over HTTP."""

import msgspec
from litestar import Router, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency

from auth.signing_keys.service import SigningKeys
from transcendence_common.openapi import answers

CACHED_SECONDS = 300
"""With the 5 minutes between looks at the database it stays below the 15 that a key is shown before it signs."""


class KeySet(msgspec.Struct, frozen=True):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


@get(
    "/.well-known/jwks.json",
    sync_to_thread=False,
    cache_control=CacheControlHeader(public=True, max_age=CACHED_SECONDS),
    responses=answers(),
)
def jwks(keys: NamedDependency[SigningKeys]) -> KeySet:
    """Show the keys that access tokens are verified with."""
    return KeySet([pair.public_jwk for pair in keys.shown()])


signing_key_routes = Router("/", route_handlers=[jwks])
