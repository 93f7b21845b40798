"""docs/live-matches.md describes the messages and close codes as the code defines them."""

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
    """Return the total length of fields; several names before one type each have that type."""
    total = names = 0
    for field in re.split(r"[,;] ", re.sub(r"\(.*?\)", "", fields).rpartition(": ")[2]):
        names += 1
        kind = field.split()[-1] if field else ""
        if kind in BYTES:
            total += names * BYTES[kind]
            names = 0
    return total


@pytest.mark.parametrize("number", MESSAGES)
def test_messages_have_the_documented_length(number: int) -> None:
    name, struct = MESSAGES[number]
    named, fields = rows()[number]
    assert (named, 1 + bytes_of(fields)) == (name, struct.size)


def test_close_codes_are_documented() -> None:
    listed = {number: name for number, (name, _) in rows().items() if number >= CloseCode.DONE}
    # uvicorn itself closes with this code.
    assert listed.pop(1012) == ""
    assert listed == {code.value: code.name for code in CloseCode}
