"""Simulates the pipelines without Logstash: the real files are read, and
each step is implemented here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeAlias

from tests.logging.logstash.event import TIMESTAMP, Event, Value, iso
from tests.logging.logstash.filters import FILTERS, NotInterpreted
from tests.logging.logstash.grammar import Branch, Plugin, Step, plugins, read

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

FOLDER = Path(__file__).parents[3] / "ops/elk/logstash/pipeline"
LOGS = read(FOLDER / "logs.conf")
REFUSED = read(FOLDER / "refused.conf")
LATIN_1 = "ISO-8859-1"
READER = "logstash-1"


@dataclass(frozen=True)
class Document:
    """A document for Elasticsearch; of two with the same ID only one is stored."""

    stream: str
    id: str
    fields: dict[str, Json]


def documents(lines: Iterable[str], path: str = "/logs/auth/auth.json") -> list[Document]:
    """Return what logs.conf makes of a file's lines, without dropped ones.

    Invalid UTF-8 is passed as Python represents it in file names: decoded with "surrogateescape".
    """
    return [_sent(event, LOGS["output"]) for event in _events(lines, path)]


def refused(
    line: str, reason: str, at: datetime, path: str = "/logs/auth/auth.json"
) -> list[Document]:
    """Return what refused.conf makes of a line whose document Elasticsearch refused."""
    found = []
    for event in _events([line], path):
        # Each event read from a queue gets @version.
        dead = Event({**event.fields, "@version": "1"}, event.metadata)
        dead.metadata["dead_letter_queue"] = {
            "plugin_type": "elasticsearch",
            "plugin_id": "output",
            "reason": reason,
            "entry_time": at,
        }
        _run(REFUSED["filter"], dead)
        found.append(_sent(dead, REFUSED["output"]))
    return found


def is_followed(path: str) -> bool:
    """Whether logs.conf reads a file with this name."""
    patterns = _only(LOGS["input"], "file").settings["path"]
    assert isinstance(patterns, list)
    # As in a shell, a star does not match a slash.
    return any(
        isinstance(pattern, str)
        and pattern.count("/") == path.count("/")
        and fnmatchcase(path, pattern)
        for pattern in patterns
    )


def _events(lines: Iterable[str], path: str) -> Iterator[Event]:
    if not is_followed(path):
        raise ValueError(f"logs.conf does not read {path}")
    for line in lines:
        event = _read(line, path)
        _run(LOGS["filter"], event)
        if not event.cancelled:
            yield event


def _read(line: str, path: str) -> Event:
    codec = _only(LOGS["input"], "file").settings["codec"]
    assert isinstance(codec, Plugin)
    expected = {"charset": LATIN_1, "ecs_compatibility": "disabled"}
    if (codec.name, codec.settings) != ("plain", expected):
        raise NotInterpreted(f"codec {codec}")
    message = line.encode("utf-8", "surrogateescape").decode("latin-1")
    fields: dict[str, Value] = {
        TIMESTAMP: datetime.now(UTC),
        "@version": "1",
        "message": message,
        "host": {"name": READER},
        "log": {"file": {"path": path}},
    }
    return Event(fields, {"path": path, "host": READER})


def _run(steps: list[Step], event: Event) -> None:
    for step in steps:
        if event.cancelled:
            return
        if isinstance(step, Branch):
            for case in step.cases:
                if case.condition is None or case.condition.holds(event):
                    _run(case.steps, event)
                    break
        elif step.name in FILTERS:
            FILTERS[step.name](event, step.settings)
        else:
            raise NotInterpreted(f"filter {step.name}")


def _sent(event: Event, outputs: list[Step]) -> Document:
    """Name the stream and complete data_stream.* as logstash-output-elasticsearch does."""
    settings = _only(outputs, "elasticsearch").settings
    expected = {"data_stream": "true", "data_stream_auto_routing": True, "action": "create"}
    if not expected.items() <= settings.items():
        raise NotInterpreted(f"output {settings}")
    fields = _json(event.fields)
    assert isinstance(fields, dict)
    own = fields.get("data_stream")
    parts = own if isinstance(own, dict) else {}
    for part in ("type", "dataset", "namespace"):
        parts.setdefault(part, str(settings[f"data_stream_{part}"]))
    fields["data_stream"] = parts
    stream = "-".join(str(parts[part]) for part in ("type", "dataset", "namespace"))
    return Document(stream, event.filled(str(settings["document_id"])), fields)


def _only(steps: list[Step], name: str) -> Plugin:
    (plugin,) = [plugin for plugin in plugins(steps) if plugin.name == name]
    return plugin


def _json(value: Value) -> Json:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value
