"""Builds the font of the score numerals, modelled on the seven-segment digits of 1972: about 1 kB.

A stroke is one unit wide. A digit is four units wide and seven high and fills the em, so the font size is its height.
"""

from io import BytesIO
from typing import Final

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]

UNIT: Final = 100
HEIGHT: Final = 7 * UNIT
ADVANCE: Final = 550
ADVANCE_OF_ONE: Final = 250
"""A one is a single stroke, so it is narrower: two of them stand together like a pair of paddles."""

# left, bottom, right, top of each stroke, in units
TOP: Final = (0, 6, 4, 7)
MIDDLE: Final = (0, 3, 4, 4)
BOTTOM: Final = (0, 0, 4, 1)
UPPER_LEFT: Final = (0, 3, 1, 7)
LOWER_LEFT: Final = (0, 0, 1, 4)
UPPER_RIGHT: Final = (3, 3, 4, 7)
LOWER_RIGHT: Final = (3, 0, 4, 4)
RIGHT: Final = (3, 0, 4, 7)
LEFT: Final = (0, 0, 1, 7)

STROKES: Final = {
    "0": (TOP, BOTTOM, LEFT, RIGHT),
    "1": (LEFT,),
    "2": (TOP, UPPER_RIGHT, MIDDLE, LOWER_LEFT, BOTTOM),
    "3": (TOP, MIDDLE, BOTTOM, RIGHT),
    "4": (UPPER_LEFT, MIDDLE, RIGHT),
    "5": (TOP, UPPER_LEFT, MIDDLE, LOWER_RIGHT, BOTTOM),
    "6": (TOP, LEFT, MIDDLE, LOWER_RIGHT, BOTTOM),
    "7": (TOP, RIGHT),
    "8": (TOP, MIDDLE, BOTTOM, LEFT, RIGHT),
    "9": (TOP, UPPER_LEFT, MIDDLE, RIGHT, BOTTOM),
    "\N{EN DASH}": ((1.25, 3, 4.25, 4),),
    ":": ((1.5, 1, 2.5, 2), (1.5, 5, 2.5, 6)),
    # Browsers take the line height from the first font that contains a space.
    " ": (),
}
MISSING: Final = ".notdef"
PONG: Final = 2_174_688_000
"""The font's date, which must stay constant: 29 November 1972, in seconds since 1904 as fonts count."""


def numerals_font() -> bytes:
    """Return the font as WOFF, with the same bytes every time."""
    names = {f"u{ord(character):04X}": character for character in STROKES}
    builder = FontBuilder(HEIGHT, isTTF=True)
    builder.setupGlyphOrder([MISSING, *names])
    builder.setupCharacterMap({ord(character): name for name, character in names.items()})
    glyphs = {name: _glyph(STROKES[character]) for name, character in names.items()}
    builder.setupGlyf({MISSING: _glyph(()), **glyphs})
    metrics = {name: _metrics(character) for name, character in names.items()}
    builder.setupHorizontalMetrics({MISSING: (ADVANCE, 0), **metrics})
    builder.setupHorizontalHeader(ascent=HEIGHT, descent=0)
    builder.setupNameTable({"familyName": "Transcendence Numerals", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=HEIGHT, usWinAscent=HEIGHT, sCapHeight=HEIGHT)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=PONG, modified=PONG)
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff"
    written = BytesIO()
    builder.save(written)
    return written.getvalue()


def _metrics(character: str) -> tuple[int, int]:
    """Return advance and left side bearing. A bearing that differs from the outline's left edge would move the
    outline."""
    leftmost = min((stroke[0] for stroke in STROKES[character]), default=0)
    return ADVANCE_OF_ONE if character == "1" else ADVANCE, round(leftmost * UNIT)


def _glyph(strokes: tuple[tuple[float, float, float, float], ...]) -> object:
    pen = TTGlyphPen(None)
    for left, bottom, right, top in strokes:
        pen.moveTo((left * UNIT, bottom * UNIT))
        for corner in ((left, top), (right, top), (right, bottom)):
            pen.lineTo((corner[0] * UNIT, corner[1] * UNIT))
        pen.closePath()
    return pen.glyph()
