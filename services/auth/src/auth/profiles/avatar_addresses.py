"""Addresses and cache headers of avatars. Pure functions."""

import re

from auth.profiles.picture_terms import SIZES

HASH_PATTERN = re.compile(r"[0-9a-f]{64}")
SIZE_OF_FILE = {f"{size}.webp": size for size in SIZES}

CACHE_FOREVER = "public, max-age=31536000, immutable"
"""Cached for a year and never revalidated, because another picture has another address."""


def etag_of(content_hash: str, size: int) -> str:
    return f'"{content_hash}-{size}"'


def etag_matches(if_none_match: str | None, etag: str) -> bool:
    """Tell whether the client already has the picture (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return bool(named & {etag, "*"})
