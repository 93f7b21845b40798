"""HTTP route of the public keys."""

import msgspec
from litestar import Router, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency

from auth.signing_keys.service import SigningKeys
from transcendence_common.openapi import answers

CACHED_SECONDS = 300
"""Together with the 5 minutes between look-ups in the database, below the 15 minutes that a key is published before it
signs."""


class JsonWebKeySet(msgspec.Struct, frozen=True):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


@get(
    "/.well-known/jwks.json",
    sync_to_thread=False,
    cache_control=CacheControlHeader(public=True, max_age=CACHED_SECONDS),
    responses=answers(),
)
def get_key_set(keys: NamedDependency[SigningKeys]) -> JsonWebKeySet:
    """Return the public keys that verify access tokens."""
    return JsonWebKeySet([pair.public_jwk for pair in keys.published_keys()])


signing_key_routes = Router("/", route_handlers=[get_key_set])
