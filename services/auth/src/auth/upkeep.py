"""What is done again and again while the service runs, at every replica: each bears being done by several."""

from collections.abc import Sequence
from math import inf

from auth.parts import Parts
from auth.signing_keys.errors import SealedKey
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.periodic import DATABASE_TROUBLE, repeating

KEYS_EVERY_SECONDS = 5 * 60
"""A third of the time that a new key is shown before it signs."""
PRESENCE_EVERY_SECONDS = 5
"""How late friends may hear that somebody has gone, beside the time that a closed tab lingers."""
FORGOTTEN_EVERY_SECONDS = 60 * 60


def upkeep(parts: Parts, clock: Clock, *, repeats: bool) -> Sequence[Lifespan]:
    """Return the lifespans that keep the service's tables and keys in order; without `repeats`, at start only."""
    keys, presence, forgotten = (
        (KEYS_EVERY_SECONDS, PRESENCE_EVERY_SECONDS, FORGOTTEN_EVERY_SECONDS)
        if repeats
        else (inf, inf, inf)
    )
    return [
        repeating(
            "signing-keys-kept-up",
            parts.keys.keep_up,
            every_seconds=keys,
            expected=(*DATABASE_TROUBLE, SealedKey),
        ),
        repeating("presence-kept-up", parts.presences.keep_up, every_seconds=presence),
        repeating(
            "sessions-forgotten",
            parts.sessions.forget_expired,
            every_seconds=forgotten,
        ),
        repeating(
            "accounts-expired",
            parts.expired_accounts.forget,
            every_seconds=forgotten,
        ),
        repeating(
            "ceremonies-forgotten",
            parts.ceremonies.forget_expired,
            every_seconds=forgotten,
        ),
        repeating("links-forgotten", parts.old_links.forget, every_seconds=forgotten),
        repeating(
            "oauth-flows-forgotten",
            parts.oauth.forget_expired,
            every_seconds=forgotten,
        ),
        repeating(
            "challenges-forgotten",
            parts.challenges.forget_expired,
            every_seconds=forgotten,
        ),
        repeating(
            "throttles-forgotten",
            lambda: parts.throttles.forget_old(clock()),
            every_seconds=forgotten,
        ),
    ]
