"""An event and its field references, as in org.logstash.Event, FieldReference and Accessors."""

import json
import re
from datetime import UTC, datetime
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | datetime | list[Value] | dict[str, Value] | None"

TIMESTAMP = "@timestamp"
METADATA = "@metadata"
TAGS = "tags"
BRACKETED = re.compile(r"(\[[^\[\],]+\])+")
PLACEHOLDER = re.compile(r"%\{([^}]*)\}")


class FieldError(Exception):
    """Logstash raises an error: it leaves the filter that used the field, and tags the event."""


class Event:
    def __init__(self, fields: dict[str, Value], metadata: dict[str, Value] | None = None) -> None:
        self.fields = fields
        self.metadata = metadata or {}
        self.cancelled = False

    def get(self, name: str) -> Value:
        root, path = self._located(name)
        if not path:
            return root
        parent = _parent(root, path)
        if isinstance(parent, dict):
            return parent.get(path[-1])
        return _item(parent, path[-1]) if isinstance(parent, list) else None

    def includes(self, name: str) -> bool:
        root, path = self._located(name)
        parent = _parent(root, path) if path else None
        if isinstance(parent, dict):
            return path[-1] in parent
        return not path or self.get(name) is not None

    def set(self, name: str, value: Value) -> None:
        root, path = self._located(name)
        if path == [TIMESTAMP] and not isinstance(value, datetime):
            raise FieldError(f"{TIMESTAMP} takes a time only")
        if path[:1] == [TAGS] and root is self.fields and not (len(path) == 1 and _are_tags(value)):
            raise FieldError(f"{TAGS} takes words only")
        if not path:
            if not isinstance(value, dict):
                raise FieldError(f"{METADATA} takes an object only")
            self.metadata = value
            return
        _set(root, path, value)

    def remove(self, name: str) -> Value:
        root, path = self._located(name)
        value = self.get(name)
        parent = _parent(root, path) if path else None
        if not path:
            self.metadata = {}
        elif isinstance(parent, dict):
            parent.pop(path[-1], None)
        elif isinstance(parent, list) and value is not None:
            parent.pop(int(path[-1]))
        return value

    def tag(self, tag: str) -> None:
        tags = self.fields.get(TAGS)
        kept: list[Value] = tags if isinstance(tags, list) else [] if tags is None else [tags]
        self.fields[TAGS] = kept if tag in kept else [*kept, tag]

    def filled(self, text: str) -> str:
        """Replace each %{[field]} by the field's value; a missing field stays as it is."""
        return PLACEHOLDER.sub(self._placeholder, text)

    def _placeholder(self, match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith(("+", "{")):
            raise NotImplementedError(f"{match[0]}: no pipeline of ours writes a time into a text")
        value = self.get(name)
        if value is None:
            return match[0]
        return _text(value)

    def _located(self, name: str) -> tuple[dict[str, Value], list[str]]:
        path = tokens(name)
        if path[0] == METADATA:
            return self.metadata, path[1:]
        return self.fields, path


def tokens(name: str) -> list[str]:
    if "[" not in name and "]" not in name:
        return [name]
    if not BRACKETED.fullmatch(name):
        raise FieldError(f"Invalid FieldReference: `{name}`")
    return name[1:-1].split("][")


def iso(time: datetime) -> str:
    """Format a time as Logstash does: with three decimals, or more if there are more."""
    whole = time.microsecond % 1000 == 0
    text = time.astimezone(UTC).isoformat(timespec="milliseconds" if whole else "microseconds")
    return text.replace("+00:00", "Z")


def _text(value: Value) -> str:
    """Format a value as org.logstash.StringInterpolation does."""
    if isinstance(value, list):
        return ",".join("" if item is None else _text(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, default=iso)


def _parent(root: dict[str, Value], path: list[str]) -> dict[str, Value] | list[Value] | None:
    target: Value = root
    for key in path[:-1]:
        target = target.get(key) if isinstance(target, dict) else _item(target, key)
        if not isinstance(target, dict | list):
            return None
    assert isinstance(target, dict | list)
    return target


def _item(items: Value, key: str) -> Value:
    try:
        return items[int(key)] if isinstance(items, list) else None
    except (ValueError, IndexError):
        return None


def _set(root: dict[str, Value], path: list[str], value: Value) -> None:
    target: Value = root
    for key in path[:-1]:
        if isinstance(target, dict):
            if target.get(key) is None:
                target[key] = {}
            target = target[key]
        else:
            target = _item(target, key)
    if isinstance(target, dict):
        target[path[-1]] = value
    elif not isinstance(target, list):
        raise FieldError(f"{path[-1]} cannot be set on {target!r}")
    # In a list, Logstash takes numbers as indexes and ignores assignments to other names.


def _are_tags(value: Value) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str)
