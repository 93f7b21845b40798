"""The log of the application under test."""

import json
from pathlib import Path
from typing import Any


class LogFile:
    """A file to which the application under test writes its lines."""

    def __init__(self, folder: Path, name: str = "sample.json") -> None:
        self._path = folder / name

    def text(self) -> str:
        return self._path.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]
