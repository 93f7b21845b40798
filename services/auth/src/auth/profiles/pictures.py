"""Turns a file that somebody sent into the pictures that are shown. Pure, and only run where it can do no harm: in a
process of its own (`picture_worker`).

Whatever comes is decoded and drawn anew, so only pixels survive: no place, no comment, no second file behind the first.
The same bytes always give the same bytes. An animation stands still at its first frame, and nothing is enlarged.
"""

import warnings
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms
from PIL.Image import Resampling, Transpose

from auth.profiles.picture_terms import MAX_SIDE, SIZES

FORMATS = ("JPEG", "PNG", "WEBP")
"""The only decoders of Pillow that ever see the bytes."""

# Pillow refuses more than twice as many pixels as this, a WebP before it makes room for them.
Image.MAX_IMAGE_PIXELS = MAX_SIDE * MAX_SIDE // 2

DRAFT_SIDE = 2 * max(SIZES)
"""A JPEG can be decoded at a half, a quarter or an eighth; more pixels than these would not be seen."""
QUALITY = 82
EFFORT = 4
"""Of six: the highest saves some kilobytes of a transparent picture, and takes a hundred times as long."""
REDUCING_GAP = 3.0
"""How much of a large picture is averaged before the careful filter: what Pillow calls nearly as good as without."""

UPPER_BYTE = 1 / 256

ORIENTATION = 0x0112
ALREADY_UPRIGHT = 1
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""EXIF's ways to hold a camera, and what sets the picture right."""


class NotAnImage(Exception):
    """Not a JPEG, PNG or WebP, or a broken one."""


class ImageTooBig(Exception):
    """More pixels than MAX_SIDE a side, or than there is memory for."""


def make(file: bytes) -> list[bytes]:
    """Return the picture as WebP in each of SIZES.

    Raises:
        NotAnImage: it cannot be decoded.
        ImageTooBig: it has too many pixels; most often seen before one is decoded.
    """
    with warnings.catch_warnings():
        # About odd metadata and large sizes, none of which goes any further.
        warnings.simplefilter("ignore")
        try:
            square = _square(file)
        except (MemoryError, Image.DecompressionBombError) as error:
            raise ImageTooBig from error
        except ImageTooBig:
            raise
        except Exception as error:
            # Decoders raise whatever their author thought of: SyntaxError, struct.error, OSError, KeyError.
            raise NotAnImage from error
    return [_encoded(square, size) for size in SIZES]


def _square(file: bytes) -> Image.Image:
    """Return the middle of the picture, upright, in sRGB, no larger than the largest size."""
    with Image.open(BytesIO(file), formats=FORMATS) as image:
        if max(image.size) > MAX_SIDE:
            raise ImageTooBig
        turn = _turn(image)
        profile = image.info.get("icc_profile")
        image.draft(None, (DRAFT_SIDE, DRAFT_SIDE))
        image.load()
        middle = _middle(_with_plain_pixels(image))
    coloured = _in_srgb(middle, profile)
    return coloured if turn is None else coloured.transpose(turn)


def _turn(image: Image.Image) -> Transpose | None:
    # Pillow raises anything at all, and broken metadata is no reason to refuse a picture that can be seen.
    with suppress(Exception):
        return UPRIGHT.get(image.getexif().get(ORIENTATION, ALREADY_UPRIGHT))
    return None


def _with_plain_pixels(image: Image.Image) -> Image.Image:
    """Return it without a palette and with eight bits a channel: nothing else can be scaled well."""
    if image.mode == "CMYK":
        return image
    if image.mode == "I;16":
        # Converting alone cuts off what is above 255, which is nearly everything.
        image = image.point(lambda value: value * UPPER_BYTE).convert("L")
        # A shade of sixteen bits that was meant to be clear is none of the 256.
        image.info.pop("transparency", None)
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _middle(image: Image.Image) -> Image.Image:
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    target = min(side, max(SIZES))
    return image.resize(
        (target, target),
        Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=REDUCING_GAP,
    )


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Return it in the colours that a browser assumes where a picture does not say."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if isinstance(profile, bytes):
        with suppress(ImageCms.PyCMSError, ValueError, OSError):
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
            if converted is not None:
                return converted
    return image.convert(mode)


def _encoded(square: Image.Image, size: int) -> bytes:
    side = min(size, square.width)
    scaled = square if side == square.width else square.resize((side, side), Resampling.LANCZOS)
    # Pillow writes what a picture's `info` says about itself along with it.
    scaled.info.clear()
    written = BytesIO()
    scaled.save(written, "WEBP", quality=QUALITY, method=EFFORT)
    return written.getvalue()
