"""Pictures for tests, valid and malicious, generated on demand."""

import random
import struct
import zipfile
import zlib
from functools import cache
from io import BytesIO

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

RED, GREEN, BLUE, WHITE = (220, 20, 30), (20, 200, 40), (30, 40, 210), (250, 250, 250)

PAYLOADS = (
    b"<script>alert('pong')</script>",
    b"<?php system('id'); ?>",
    b"GPS 48.8584N 2.2945E",
    b"=alert(1)//",
)


def quarters(width: int = 64, height: int = 64, mode: str = "RGB", shift: int = 0) -> Image.Image:
    """Return red, green / blue, white, which shows the orientation of a
    picture. `shift` varies it."""
    image = Image.new("RGB", (width, height))
    left, top = width // 2, height // 2
    for box, (red, green, blue) in (
        ((0, 0, left, top), RED),
        ((left, 0, width, top), GREEN),
        ((0, top, left, height), BLUE),
        ((left, top, width, height), WHITE),
    ):
        image.paste((red - shift % 200, green, blue), box)
    return image.convert(mode)


def saved(image: Image.Image, picture_format: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, picture_format, **options)
    return file.getvalue()


def png(width: int = 64, height: int = 64, *, shift: int = 0) -> bytes:
    return saved(quarters(width, height, shift=shift))


def noise(seed: int, width: int, height: int, mode: str = "RGB") -> Image.Image:
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), chance(seed).randbytes(width * height * channels))


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same pictures in every run


def opened(webp: bytes) -> Image.Image:
    image = Image.open(BytesIO(webp), formats=["WEBP"])
    image.load()
    return image


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """Return the colours in the middle of each quarter, row by row."""
    rgb = image.convert("RGB")
    at = [rgb.width // 4, 3 * rgb.width // 4]
    pixels = [rgb.getpixel((x, y)) for y in at for x in at]
    return [pixel for pixel in pixels if isinstance(pixel, tuple) and len(pixel) == 3]


def alike(some: list[tuple[int, int, int]], others: list[tuple[int, int, int]]) -> bool:
    return all(
        abs(a - b) < 24
        for one, other in zip(some, others, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def chunks_of(webp: bytes) -> list[bytes]:
    """Return the names of a WebP's chunks, after checking that every byte belongs to one."""
    assert webp[:4] == b"RIFF"
    assert webp[8:12] == b"WEBP"
    assert int.from_bytes(webp[4:8], "little") == len(webp) - 8
    names, at = [], 12
    while at < len(webp):
        names.append(webp[at : at + 4])
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    assert at == len(webp)
    return names


def png_chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png_claiming(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a PNG whose header claims this many pixels of 8-bit grey."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def webp_claiming(width: int, height: int) -> bytes:
    """Return a small WebP in an extended file whose canvas claims this size."""
    simple = saved(quarters(), "WEBP")[12:]
    header = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(header)) + header + simple
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return a small JPEG with a changed frame header."""
    file = saved(quarters(), "JPEG")
    at = file.index(b"\xff\xc0") + 5
    return file[:at] + struct.pack(">HH", height, width) + file[at + 4 :]


def png_with_endless_text() -> bytes:
    """Return 100 kB that decompress to 100 MB of text."""
    content = b"Comment\0\0" + zlib.compress(bytes(100 * 1024 * 1024))
    file = png()
    after_header = 8 + 25
    return file[:after_header] + png_chunk(b"zTXt", content) + file[after_header:]


def jpeg_of_many_scans(side: int = 4096, scans: int = 4000) -> bytes:
    """Return a progressive JPEG of 1 MB that repeats its scans and takes minutes to decode."""
    file = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    last_scan = file.rindex(b"\xff\xda")
    scan, end = file[last_scan:-2], file[-2:]
    return file[:last_scan] + scan * scans + end


def zip_archive(content: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", content)
    return file.getvalue()


@cache  # Colour profiles contain the time at which they were made.
def with_payload_inside(picture_format: str, payload: bytes) -> bytes:
    """Return the quarters with a payload everywhere that the format allows text."""
    text = payload.decode("latin-1")
    exif = Image.Exif()
    exif[0x010E] = text  # image description
    exif[0x9286] = text  # user comment
    exif.get_ifd(0x8825)[0x001D] = text  # GPS date
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {"exif": exif, "icc_profile": profile}
    if picture_format == "JPEG":
        options |= {"comment": payload, "quality": 90}
    if picture_format == "PNG":
        words = PngInfo()
        words.add_text("Comment", text)
        words.add_itxt("XML:com.adobe.xmp", text)
        words.add_text("Packed", text, zip=True)
        options |= {"pnginfo": words}
    if picture_format == "WEBP":
        options |= {"xmp": payload, "lossless": True}
    return saved(quarters(), picture_format, **options)


def plain(picture_format: str) -> bytes:
    """Return the same pixels as `with_payload_inside`, without any payload."""
    options: dict[str, dict[str, object]] = {"JPEG": {"quality": 90}, "WEBP": {"lossless": True}}
    return saved(quarters(), picture_format, **options.get(picture_format, {}))


def not_pictures() -> dict[str, bytes]:
    """Return files that are no JPEG, PNG or WebP, although some claim to be."""
    jpeg, webp = saved(quarters(), "JPEG"), saved(quarters(), "WEBP")
    return {
        "nothing": b"",
        "one byte": b"\xff",
        "text": b"hello",
        "a page": b"<!doctype html><title>Pong</title>",
        "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        "an archive": zip_archive(b"hello"),
        "a gif": saved(quarters(), "GIF"),
        "a bitmap": saved(quarters(), "BMP"),
        "a tiff": saved(quarters(), "TIFF"),
        "an icon": saved(quarters(), "ICO"),
        "random bytes": chance(1).randbytes(5000),
        "a png's first bytes": png()[:8],
        "half a png": png(300, 300)[: len(png(300, 300)) // 2],
        "half a jpeg": jpeg[: len(jpeg) // 2],
        "half a webp": webp[: len(webp) // 2],
        "a png with a broken checksum": png().replace(b"IDAT", b"IDAx"),
        "a png of no rows": png_claiming(100, 100),
        "a png of no size": png_claiming(0, 0),
        "a png of endless text": png_with_endless_text(),
        "a webp of another canvas": webp_claiming(300, 300),
        "a jpeg that ends in its header": jpeg[:30],
    }


def too_big() -> dict[str, bytes]:
    """Return files of a few hundred bytes that would decode to up to 16 GB."""
    return {
        "a png one column too wide": png_claiming(4097, 1),
        "a png one row too high": png_claiming(1, 4097),
        "a png of four billion pixels": png_claiming(65535, 65535),
        "a jpeg of four billion pixels": jpeg_claiming(65500, 65500),
        "a webp of a quarter of a billion pixels": webp_claiming(16383, 16383),
        "a webp of more than webp can": webp_claiming(2**24, 2**24),
        "a wide jpeg": jpeg_claiming(5000, 5000),
    }
