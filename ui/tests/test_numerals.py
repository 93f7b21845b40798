"""The font of score numerals is complete, and as tall as its font size."""

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from ui.numerals import ADVANCE, HEIGHT, numerals_font


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(BytesIO(numerals_font()))


def test_every_digit_fills_the_em(font: TTFont) -> None:
    for digit in "0123456789":
        glyph = font["glyf"][font.getBestCmap()[ord(digit)]]
        assert (glyph.yMin, glyph.yMax) == (0, HEIGHT), digit
    assert font["head"].unitsPerEm == HEIGHT
    assert (font["hhea"].ascent, font["hhea"].descent) == (HEIGHT, 0)


def test_the_dash_is_centred(font: TTFont) -> None:
    name = font.getBestCmap()[ord("\N{EN DASH}")]
    glyph = font["glyf"][name]
    assert glyph.xMin == ADVANCE - glyph.xMax
    assert font["hmtx"][name] == (ADVANCE, glyph.xMin)


def test_the_font_has_a_space_which_determines_line_heights(font: TTFont) -> None:
    assert ord(" ") in font.getBestCmap()


def test_the_font_is_small() -> None:
    assert len(numerals_font()) < 1_000
