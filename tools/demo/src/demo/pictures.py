"""Pictures for demo profiles: two bands of colour and a ball, drawn from the player's name."""

import io
from colorsys import hls_to_rgb
from hashlib import sha256

from PIL import Image, ImageDraw

SIZE = 256
"""Pixels a side."""


def picture_of(name: str) -> bytes:
    """Return a PNG that is always the same for a name and rarely the same for two."""
    seed = sha256(name.encode()).digest()
    hue = seed[0] / 255
    image = Image.new("RGB", (SIZE, SIZE), _colour(hue, 0.25))
    draw = ImageDraw.Draw(image)
    slope = seed[1] - 128
    draw.polygon(
        [(0, SIZE // 2 + slope // 2), (SIZE, SIZE // 2 - slope // 2), (SIZE, SIZE), (0, SIZE)],
        fill=_colour(hue + 0.1, 0.45),
    )
    x, y = 48 + seed[2] % 160, 48 + seed[3] % 160
    draw.ellipse((x - 32, y - 32, x + 32, y + 32), fill=_colour(hue + 0.5, 0.8))
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _colour(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = hls_to_rgb(hue % 1, lightness, 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)
