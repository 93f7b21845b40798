"""Collects the files that the gateway serves itself: the static files in a folder per release, and the runbooks."""

import gzip
import hashlib
import shutil
from pathlib import Path
from typing import Final

from ui.assets import STATIC_FOLDER
from ui.numerals import numerals_font
from ui.runbooks import render_runbooks

PACKAGE = Path(__file__).parent
NODE_MODULES = PACKAGE.parents[1] / "node_modules"

RELEASE_LENGTH: Final = 12
"""Hexadecimal digits of the content hash: 48 bits are enough to distinguish releases."""
COMPRESSIBLE: Final = frozenset({".css", ".js", ".json", ".svg", ".txt", ".webmanifest"})
FIRST_STYLESHEETS: Final = ("layers.css",)
"""Declares the order of the cascade layers, so it must come first; the order of the rest does not matter."""

NPM_FILES: Final = {
    "js/htmx.js": "htmx.org/dist/htmx.min.js",
    "fonts/display.woff2": "@fontsource/chakra-petch/files/chakra-petch-latin-600-normal.woff2",
    "fonts/display-ext.woff2": (
        "@fontsource/chakra-petch/files/chakra-petch-latin-ext-600-normal.woff2"
    ),
    "fonts/text.woff2": (
        "@fontsource/atkinson-hyperlegible-next/files/"
        "atkinson-hyperlegible-next-latin-400-normal.woff2"
    ),
    "fonts/text-ext.woff2": (
        "@fontsource/atkinson-hyperlegible-next/files/"
        "atkinson-hyperlegible-next-latin-ext-400-normal.woff2"
    ),
}


class PackageMissing(Exception):
    """A front-end package has not been installed."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is missing: run `npm ci` in {NODE_MODULES.parent} first")
        self.path = path


def build_assets(target: Path, runbooks: Path) -> str:
    """Write `<target>/static/<release>/…`, `<target>/runbooks/…` and `<target>/release`; return the release."""
    files = _collect_files()
    release = _content_hash(files)
    _replace_folder(target / "static" / release, files)
    _replace_folder(target / "runbooks", render_runbooks(runbooks, release))
    (target / "release").write_text(f"{release}\n")
    return release


def _collect_files() -> dict[str, bytes]:
    styles = STATIC_FOLDER / "css"
    files = {
        path.relative_to(STATIC_FOLDER).as_posix(): path.read_bytes()
        for path in STATIC_FOLDER.rglob("*")
        if path.is_file() and path.parent != styles
    }
    files["css/app.css"] = _one_stylesheet(styles)
    files["fonts/numerals.woff"] = numerals_font()
    for name, source in NPM_FILES.items():
        path = NODE_MODULES / source
        if not path.is_file():
            raise PackageMissing(path)
        files[name] = path.read_bytes()
    return dict(sorted(files.items()))


def _one_stylesheet(folder: Path) -> bytes:
    others = sorted(
        path.name for path in folder.glob("*.css") if path.name not in FIRST_STYLESHEETS
    )
    return b"\n".join((folder / name).read_bytes() for name in (*FIRST_STYLESHEETS, *others))


def _content_hash(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:RELEASE_LENGTH]


def _replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    # Built in another folder and then renamed, because the gateway may be serving from this one.
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, content in files.items():
        _write_compressed(unfinished / name, content)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _write_compressed(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if path.suffix in COMPRESSIBLE:
        # Without a time in the header, so that the same content gives the same bytes on every machine.
        compressed = gzip.compress(content, compresslevel=9, mtime=0)
        path.with_name(f"{path.name}.gz").write_bytes(compressed)
