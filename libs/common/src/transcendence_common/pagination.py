"""Keyset pagination: a cursor names the last row seen, so every page costs the same."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from transcendence_common.problems import FieldError, InvalidFields

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
LAST_ID = UUID(int=2**128 - 1)
"""Above every id of a row: the start of a list that has the newest row first."""

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="Rows on a page")]

KeyT = TypeVar("KeyT")


def encode_cursor(key: msgspec.Struct) -> str:
    """Return the opaque cursor of a row's sort key."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, key_type: type[KeyT]) -> KeyT:
    """Return the sort key of a cursor.

    Raises:
        InvalidFields: the cursor was not made by `encode_cursor` for this type.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded), type=key_type)
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidFields(FieldError("cursor", "Not a cursor of this list.")) from error
