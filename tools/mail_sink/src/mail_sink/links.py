"""Finds links in plain text."""

import re
from collections.abc import Iterator

LINK_PATTERN = re.compile(r"https?://[^\s<>\"]+")
# Punctuation of the sentence around a link, not of its address.
PUNCTUATION_AFTER_LINK = ".,;:!?)]}'"


def find_links(text: str) -> list[str]:
    return [part for part, is_link in split_at_links(text) if is_link]


def split_at_links(text: str) -> Iterator[tuple[str, bool]]:
    """Yield all parts of the text in order, each with whether it is a link."""
    end = 0
    for found in LINK_PATTERN.finditer(text):
        link = found[0].rstrip(PUNCTUATION_AFTER_LINK)
        yield text[end : found.start()], False
        yield link, True
        end = found.start() + len(link)
    yield text[end:], False
