"""Converts an uploaded file into avatars. Pure functions, run only in the isolated process of `picture_worker`.

Every file is decoded and encoded again, so that only pixels remain: no location, no comment, no second file behind the
first. The same input always gives the same output. An animation becomes its first frame, and nothing is enlarged.
"""

import warnings
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms
from PIL.Image import Resampling, Transpose

from auth.profiles.picture_terms import MAX_SIDE, SIZES

FORMATS = ("JPEG", "PNG", "WEBP")
"""The only decoders of Pillow that read the bytes."""

# Pillow rejects more than twice as many pixels as this, a WebP before it allocates memory for them.
Image.MAX_IMAGE_PIXELS = MAX_SIDE * MAX_SIDE // 2

DRAFT_SIDE = 2 * max(SIZES)
"""Pixels per side at which a JPEG is decoded at least; it can be decoded at a half, a quarter or an eighth of its
size."""
WEBP_QUALITY = 82
WEBP_EFFORT = 4
"""WebP method of at most 6: the highest saves some kilobytes of a transparent picture, and takes a hundred times as
long."""
REDUCING_GAP = 3.0
"""How far a large picture is reduced by averaging before the careful filter; Pillow calls the result nearly as good as
without."""

SCALE_16_TO_8_BITS = 1 / 256

ORIENTATION_TAG = 0x0112
ALREADY_UPRIGHT = 1
UPRIGHT_TRANSPOSITIONS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""The transpositions that make a picture upright, by EXIF orientation."""


class NotAnImage(Exception):
    """The file is not a JPEG, PNG or WebP, or is broken."""


class ImageTooBig(Exception):
    """The picture has more pixels than MAX_SIDE per side, or than fit into memory."""


def make_sizes(file: bytes) -> list[bytes]:
    """Return the picture as WebP in each of SIZES.

    Raises:
        NotAnImage: the file cannot be decoded.
        ImageTooBig: the picture has too many pixels; usually detected before decoding.
    """
    with warnings.catch_warnings():
        # The warnings are about odd metadata and large sizes, which are dropped here.
        warnings.simplefilter("ignore")
        try:
            square = _read_square(file)
        except (MemoryError, Image.DecompressionBombError) as error:
            raise ImageTooBig from error
        except ImageTooBig:
            raise
        except Exception as error:
            # Decoders raise many kinds of exceptions: SyntaxError, struct.error, OSError, KeyError.
            raise NotAnImage from error
    return [_encode(square, size) for size in SIZES]


def _read_square(file: bytes) -> Image.Image:
    """Return the central square of the picture, upright, in sRGB, no larger than the largest size."""
    with Image.open(BytesIO(file), formats=FORMATS) as image:
        if max(image.size) > MAX_SIDE:
            raise ImageTooBig
        turn = _upright_transposition(image)
        profile = image.info.get("icc_profile")
        image.draft(None, (DRAFT_SIDE, DRAFT_SIDE))
        image.load()
        middle = _crop_to_square(_with_plain_pixels(image))
    coloured = _in_srgb(middle, profile)
    return coloured if turn is None else coloured.transpose(turn)


def _upright_transposition(image: Image.Image) -> Transpose | None:
    # Pillow raises many kinds of exceptions here, and broken metadata is no reason to reject a visible picture.
    with suppress(Exception):
        return UPRIGHT_TRANSPOSITIONS.get(image.getexif().get(ORIENTATION_TAG, ALREADY_UPRIGHT))
    return None


def _with_plain_pixels(image: Image.Image) -> Image.Image:
    """Return the picture without a palette and with 8 bits per channel, as scaling requires."""
    if image.mode == "CMYK":
        return image
    if image.mode == "I;16":
        # Converting alone cuts off values above 255, which is nearly all of them.
        image = image.point(lambda value: value * SCALE_16_TO_8_BITS).convert("L")
        # A transparent shade of 16 bits is none of the 256 shades.
        image.info.pop("transparency", None)
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _crop_to_square(image: Image.Image) -> Image.Image:
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
    """Return the picture in sRGB, which browsers assume for a picture without a profile."""
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


def _encode(square: Image.Image, size: int) -> bytes:
    side = min(size, square.width)
    scaled = square if side == square.width else square.resize((side, side), Resampling.LANCZOS)
    # Pillow would write the metadata of `info` into the file.
    scaled.info.clear()
    written = BytesIO()
    scaled.save(written, "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT)
    return written.getvalue()
