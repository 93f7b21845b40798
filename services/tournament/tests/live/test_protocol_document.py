"""docs/live-matches.md says what the messages are made of; here is seen that it says the same as the code."""

import re
from pathlib import Path
from struct import Struct

import pytest

from tournament.live import protocol
from tournament.live.protocol import CloseCode

DOCUMENT = (Path(__file__).parents[4] / "docs/live-matches.md").read_text()
BYTES = {"u8": 1, "i8": 1, "u16": 2, "u32": 4, "i32": 4}
MESSAGES: dict[int, tuple[str, Struct]] = {
    1: ("KEYS", protocol._PRESSED_BODY),
    2: ("ECHO", protocol._ECHO_BODY),
    3: ("RESIGN", protocol._RESIGNED_BODY),
    16: ("WELCOME", protocol._WELCOME),
    17: ("SNAPSHOT", protocol._SNAPSHOT),
    18: ("PHASE", protocol._PHASE),
    19: ("KEYS", protocol._KEYS),
    20: ("LATE", protocol._LATE),
    21: ("BEAT", protocol._BEAT),
    22: ("END", protocol._END),
}


def rows() -> dict[int, tuple[str, str]]:
    """Return name and fields, or name and meaning, by the number in the first column."""
    found = re.findall(r"^\| (\d+) \| (?:`(\w+)`)? ?\| ([^|]*)\|", DOCUMENT, flags=re.MULTILINE)
    return {int(number): (name, cell.strip()) for number, name, cell in found}


def bytes_of(fields: str) -> int:
    """Return how long fields are together; several names before one kind are each of that kind."""
    total = names = 0
    for field in re.split(r"[,;] ", re.sub(r"\(.*?\)", "", fields).rpartition(": ")[2]):
        names += 1
        kind = field.split()[-1] if field else ""
        if kind in BYTES:
            total += names * BYTES[kind]
            names = 0
    return total


@pytest.mark.parametrize("number", MESSAGES)
def test_messages_are_as_long_as_the_document_says(number: int) -> None:
    name, struct = MESSAGES[number]
    named, fields = rows()[number]
    assert (named, 1 + bytes_of(fields)) == (name, struct.size)


def test_close_codes_are_those_of_the_document() -> None:
    listed = {number: name for number, (name, _) in rows().items() if number >= CloseCode.DONE}
    # uvicorn closes with this one by itself.
    assert listed.pop(1012) == ""
    assert listed == {code.value: code.name for code in CloseCode}
