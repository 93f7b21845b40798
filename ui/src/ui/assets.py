"""Every asset path: static files live under a folder named after the release, so they never go stale."""

from pathlib import Path
from typing import Final

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
