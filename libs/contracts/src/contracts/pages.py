"""Lists that are read page by page."""

from typing import Generic, TypeVar

import msgspec

ItemT = TypeVar("ItemT")


class Page(msgspec.Struct, Generic[ItemT], frozen=True):
    """One page; `next_cursor` is None on the last page."""

    items: list[ItemT]
    next_cursor: str | None
