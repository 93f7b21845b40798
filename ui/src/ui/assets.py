"""Paths of static files: they are in a folder named after the release, so that caches never serve a stale file."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

STATIC_FOLDER: Final = Path(__file__).parent / "static"
IMPORT_STATEMENT: Final = re.compile(r'^import\b[^;]*?\bfrom "([^"]+)"', re.MULTILINE)

DEVELOPMENT_RELEASE: Final = "development"
"""The release in paths if ASSETS_DIR is not set, as in tests that only look at pages."""


class Assets:
    """Builds the public path of a static file; available in templates as `asset`."""

    def __init__(self, release: str) -> None:
        self.release = release

    @classmethod
    def in_folder(cls, assets_dir: Path | None) -> "Assets":
        if assets_dir is None:
            return cls(DEVELOPMENT_RELEASE)
        return cls((assets_dir / "release").read_text().strip())

    def __call__(self, path: str) -> str:
        return f"/static/{self.release}/{path}"


@cache
def imported_modules_of(start: str) -> tuple[str, ...]:
    """Return a script and all modules that it imports, so that a page can name them for preloading.

    Otherwise a browser discovers each module only after loading another.
    """
    found: list[str] = []
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in found:
            found.append(name)
            imported = IMPORT_STATEMENT.findall((STATIC_FOLDER / name).read_text())
            todo += [normpath(join(dirname(name), path)) for path in imported]
    return tuple(found)
