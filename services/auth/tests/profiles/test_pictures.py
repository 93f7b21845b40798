"""Processing of pictures in this process; test_picture_maker.py tests it in its own process."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from auth.profiles import pictures
from auth.profiles.picture_terms import SIZES, pack_pictures, unpack_pictures
from services.auth.tests.picture_files import (
    BLUE,
    GREEN,
    PAYLOADS,
    RED,
    WHITE,
    alike,
    chunks_of,
    corners,
    noise,
    not_pictures,
    opened,
    plain,
    png,
    quarters,
    saved,
    too_big,
    with_payload_inside,
    zip_archive,
)
from tests.fixtures.examples import examples

UPRIGHT = [RED, GREEN, BLUE, WHITE]
PIXELS_ONLY = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}

MODES = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("RGB", "RGBA"),
}


@settings(max_examples=examples(60))
@given(
    file=st.sampled_from([(name, mode) for name, modes in MODES.items() for mode in modes]),
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    seed=st.integers(0, 2**32),
)
def test_any_picture_becomes_three_squares(
    file: tuple[str, str], width: int, height: int, seed: int
) -> None:
    picture_format, mode = file
    image = noise(seed, width, height, "L" if mode in {"1", "P", "I;16"} else mode).convert(mode)
    sent = saved(image, picture_format)
    made = pictures.make_sizes(sent)
    for size, webp in zip(SIZES, made, strict=True):
        side = min(size, width, height)
        assert opened(webp).size == (side, side)
        assert set(chunks_of(webp)) <= PIXELS_ONLY
    assert made == pictures.make_sizes(sent)
    assert unpack_pictures(pack_pictures(made)) == made


@settings(max_examples=examples(300))
@given(data=st.data())
def test_a_damaged_picture_is_refused_or_made(data: st.DataObject) -> None:
    """Some bytes of a good file are overwritten; errors of Pillow must not escape."""
    picture_format = data.draw(st.sampled_from(sorted(MODES)))
    file = bytearray(with_payload_inside(picture_format, PAYLOADS[0]))
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = pictures.make_sizes(bytes(file))
    except (pictures.NotAnImage, pictures.ImageTooBig):
        return
    assert all(PAYLOADS[0] not in webp for webp in made)


@pytest.mark.parametrize("picture_format", MODES)
def test_the_test_picture_is_recognised(picture_format: str) -> None:
    for mode in {"RGB", *MODES[picture_format]} - {"1", "L", "LA", "P", "I;16"}:
        for webp in pictures.make_sizes(saved(quarters(mode=mode), picture_format)):
            assert alike(corners(opened(webp)), UPRIGHT)


def test_the_middle_of_a_rectangular_picture_is_kept() -> None:
    wide = Image.new("RGB", (900, 300), BLUE)
    wide.paste(quarters(300, 300), (300, 0))
    for image in (wide, wide.transpose(Image.Transpose.ROTATE_90)):
        made = opened(pictures.make_sizes(saved(image))[2])
        assert made.size == (300, 300)
        assert BLUE not in {corners(made)[0], corners(made)[3]}
    assert alike(corners(opened(pictures.make_sizes(saved(wide))[2])), UPRIGHT)


def test_small_pictures_are_not_enlarged() -> None:
    assert [opened(webp).width for webp in pictures.make_sizes(png(100, 100))] == [64, 100, 100]
    assert [opened(webp).width for webp in pictures.make_sizes(png(1, 1))] == [1, 1, 1]


def test_the_largest_picture_and_a_line_are_made() -> None:
    assert opened(pictures.make_sizes(png(4096, 4096))[2]).size == (512, 512)
    assert opened(pictures.make_sizes(png(4096, 1))[2]).size == (1, 1)


TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""Rotations of the stored quarters that the EXIF orientation undoes."""


@pytest.mark.parametrize("picture_format", MODES)
@pytest.mark.parametrize("orientation", TURNS)
def test_the_orientation_of_the_camera_is_respected(picture_format: str, orientation: int) -> None:
    turn = TURNS[orientation]
    image = quarters(640, 400)
    exif = Image.Exif()
    exif[0x0112] = orientation
    held = saved(image if turn is None else image.transpose(turn), picture_format, exif=exif)
    for webp in pictures.make_sizes(held):
        assert alike(corners(opened(webp)), UPRIGHT)


def test_an_invalid_orientation_is_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 99
    assert alike(
        corners(opened(pictures.make_sizes(saved(quarters(), "PNG", exif=exif))[0])), UPRIGHT
    )
    broken = saved(quarters(), "PNG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert alike(corners(opened(pictures.make_sizes(broken)[0])), UPRIGHT)


@pytest.mark.parametrize("picture_format", MODES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hidden_data_leaves_no_trace(picture_format: str, payload: bytes) -> None:
    """The result is identical, byte by byte, to that of the picture without it."""
    clean = pictures.make_sizes(plain(picture_format))
    hiding = with_payload_inside(picture_format, payload)
    assert payload in hiding
    for file in (hiding, hiding + payload, hiding + zip_archive(payload)):
        made = pictures.make_sizes(file)
        assert made == clean
        for webp in made:
            assert payload not in webp
            assert b"PK\x03\x04" not in webp
            assert b"Exif" not in webp
            assert set(chunks_of(webp)) <= PIXELS_ONLY


def test_colours_are_converted_by_the_profile() -> None:
    """This profile swaps red and green."""
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    made = opened(pictures.make_sizes(saved(quarters(), icc_profile=bytes(swapped)))[0])
    assert "icc_profile" not in made.info
    assert alike(corners(made)[:2], [(20, 220, 30), (200, 20, 40)])


def test_a_broken_profile_is_ignored() -> None:
    for profile in (b"", b"no profile", bytes(200)):
        file = saved(quarters(), "JPEG", icc_profile=profile)
        assert alike(corners(opened(pictures.make_sizes(file)[0])), UPRIGHT)


def test_transparency_is_kept() -> None:
    image = quarters(mode="RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    made = opened(pictures.make_sizes(saved(image))[0])
    assert made.mode == "RGBA"
    assert min(made.getchannel("A").tobytes()) < 20
    assert opened(pictures.make_sizes(saved(quarters()))[0]).mode == "RGB"


def test_transparency_by_palette_or_colour_is_kept() -> None:
    flat = Image.new("RGB", (64, 64), RED)
    flat.paste(GREEN, (0, 0, 32, 64))
    for image in (flat.quantize(2), flat):
        transparent = 0 if image.mode == "P" else GREEN
        made = opened(pictures.make_sizes(saved(image, transparency=transparent))[0])
        assert made.mode == "RGBA"


def test_sixteen_bit_grey_is_converted() -> None:
    """It must not be clipped to white: the upper byte counts."""
    image = Image.new("I;16", (64, 64), 128 * 256)
    for file in (saved(image), saved(image, transparency=40_000)):
        made = opened(pictures.make_sizes(file)[0]).convert("L")
        assert all(120 < level < 136 for level in made.tobytes())


@pytest.mark.parametrize("picture_format", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation_is_used(picture_format: str) -> None:
    frames = [quarters(200, 200), *(noise(seed, 200, 200) for seed in range(3))]
    moving = saved(frames[0], picture_format, save_all=True, append_images=frames[1:], duration=50)
    for webp in pictures.make_sizes(moving):
        assert b"ANIM" not in chunks_of(webp)
        assert alike(corners(opened(webp)), UPRIGHT)


def test_the_second_picture_of_a_phones_file_is_ignored() -> None:
    """Cameras store a preview or a stereo image in the same file (MPO),
    which begins like any JPEG."""
    file = BytesIO()
    quarters(300, 300).save(file, "MPO", save_all=True, append_images=[noise(1, 300, 300)])
    assert alike(corners(opened(pictures.make_sizes(file.getvalue())[2])), UPRIGHT)


@pytest.mark.parametrize("what", not_pictures())
def test_a_file_that_is_no_picture_is_refused(what: str) -> None:
    with pytest.raises(pictures.NotAnImage):
        pictures.make_sizes(not_pictures()[what])


@pytest.mark.parametrize("what", too_big())
def test_too_many_pixels_are_refused_before_decoding(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = too_big()[what]
    monkeypatch.setattr(Image.Image, "load", _no_pixel)
    with pytest.raises(pictures.ImageTooBig):
        pictures.make_sizes(file)


@pytest.mark.parametrize(
    "written", [b"", b"\0" * 12, b"\0\0\0\1" * 3 + b"ab", b"\0\0\0\1" * 3 + b"abcd"]
)
def test_other_output_of_a_worker_is_not_parsed(written: bytes) -> None:
    with pytest.raises(ValueError, match="not what a worker writes"):
        unpack_pictures(written)


def _no_pixel(_: Image.Image) -> None:
    pytest.fail("a pixel was decoded")
