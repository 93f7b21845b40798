"""Every asset path: static files live under a folder named after the release, so they never go stale."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
IMPORTED: Final = re.compile(r'^import\b[^;]*?\bfrom "([^"]+)"', re.MULTILINE)

DEVELOPMENT_RELEASE: Final = "development"
"""Stands in the paths where no ASSETS_DIR is set, as in tests that look at pages only."""


class Assets:
    """Builds the public path of a static file; templates know it as `asset`."""

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
def modules_of(start: str) -> tuple[str, ...]:
    """Return a script and all that it imports, so that a page can name them at once.

    Otherwise a browser finds each module only inside another.
    """
    found: list[str] = []
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in found:
            found.append(name)
            imported = IMPORTED.findall((STATIC / name).read_text())
            todo += [normpath(join(dirname(name), path)) for path in imported]
    return tuple(found)
