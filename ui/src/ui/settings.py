"""Settings of ui in addition to the shared ones."""

from pathlib import Path

from transcendence_common.settings import Settings


class UiSettings(Settings):
    ui_port: int = 8000
    assets_dir: Path | None = None
