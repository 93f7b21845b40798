"""The log lines of a running platform, as Logstash would read them."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

Line = dict[str, Any]

GATEWAY = "gateway"
SERVICES = ("auth", "history", "tournament", "ui")
PARTS = "parts"
WRITERS = (GATEWAY, *SERVICES)
# Includes the files of replicas and renamed files.
FILES = {
    writer: re.compile(rf"{name}(-\d+)?\.json(\.\d+)?")
    for writer, name in {GATEWAY: "access", **{name: name for name in SERVICES}}.items()
}


@dataclass(frozen=True)
class Written:
    """The folder to which all writers log."""

    folder: Path

    def keep_parts(self, logs: Path) -> None:
        """Copy the standard output and error of the parts, which are deleted with the platform."""
        copytree(logs, self.folder / PARTS)

    def of_parts(self) -> Iterator[str]:
        """Yield these lines, except for the mail sink's, whose purpose is to show mails."""
        for path in sorted((self.folder / PARTS).iterdir()):
            if path.stem != "mail":
                yield from path.read_text(errors="replace").splitlines()

    def raw(self, *writers: str) -> Iterator[str]:
        for writer in writers or WRITERS:
            for path in sorted(self.folder.iterdir()):
                if FILES[writer].fullmatch(path.name):
                    yield from path.read_text(errors="replace").splitlines()

    def lines(self, *writers: str) -> Iterator[Line]:
        """Parse the lines. Raises ValueError for one that is not JSON."""
        return (json.loads(text) for text in self.raw(*writers))

    def of_request(self, request_id: str) -> Iterator[Line]:
        return (line for line in self.lines() if value(line, "http.request.id") == request_id)

    def events(self, action: str) -> list[Line]:
        return [line for line in self.lines() if value(line, "event.action") == action]


def values(line: Line, name: str) -> Sequence[object]:
    found = value(line, name)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def value(line: Line, name: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a field by its dotted name, or None; ecs-logging does not nest all names."""
    if name in line:
        return line[name]
    found: Any = line
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found
