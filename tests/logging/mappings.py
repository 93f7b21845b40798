"""Mappings and documents according to the templates in ops/elk/elasticsearch.

Composed as by Elasticsearch: the components in order, then the template; later values win.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "ops" / "elk" / "elasticsearch"
STREAMS = (
    "logs-nginx.access-transcendence",
    "logs-app-transcendence",
    "logs-unparsed-transcendence",
)
WHOLE_NUMBERS = {"short": 16, "integer": 32, "long": 64}
FRACTIONS = {"float", "double"}
NUMBERS = WHOLE_NUMBERS.keys() | FRACTIONS
WORDS = {"keyword", "wildcard", "constant_keyword"}
AGGREGATABLE = NUMBERS | WORDS | {"ip", "date", "boolean"}
# strict_date_optional_time, as far as our writers use it.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)")
# Lucene's limit of a term; Elasticsearch refuses a document with a longer one.
LONGEST_TERM_BYTES = 32766


@cache
def composed(stream: str) -> Json:
    """Return the settings, mappings and data_stream_options of a new index of this stream.

    Raises:
        LookupError: no template matches the stream.
    """
    template = _template_for(stream)
    result: Json = {}
    for name in template["composed_of"]:
        _merge(result, _read(f"mappings/{name}.json")["template"])
    _merge(result, template.get("template", {}))
    return result


def field_type(stream_or_view: str, field: str) -> str | None:
    """Return the type of a field by its dotted name; for a view
    (`logs-*-transcendence`) in all its streams.

    Raises:
        AssertionError: two streams have different types, so that Kibana could neither filter nor
            aggregate.
    """
    types = {kind for stream in streams(stream_or_view) if (kind := _type_in(stream, field))}
    assert len(types) <= 1, f"{field} is {sorted(types)} in {stream_or_view}"
    return types.pop() if types else None


def aggregatable(stream_or_view: str, field: str) -> bool:
    """Whether panels may group by a field or calculate with it."""
    return field_type(stream_or_view, field) in AGGREGATABLE and all(
        spec.get("doc_values", True)
        for stream in streams(stream_or_view)
        if (spec := _spec_in(stream, field)) is not None
    )


def searchable(stream_or_view: str, field: str) -> bool:
    """Whether queries can find a field: it is mapped and indexed."""
    return field_type(stream_or_view, field) is not None and all(
        spec.get("index", True)
        for stream in streams(stream_or_view)
        if (spec := _spec_in(stream, field)) is not None
    )


def streams(view: str) -> list[str]:
    """Return the streams that a data view's title matches, with commas and wildcards."""
    patterns = view.split(",")
    return [
        each for each in STREAMS if any(fnmatchcase(each, pattern.strip()) for pattern in patterns)
    ]


def refusals(stream: str, document: Mapping[str, object]) -> list[str]:
    """Return a sentence for each value that would not be found as it was
    written; nothing if all is well.

    Each begins with the consequence: `refused` (the whole document), `ignored` (the value),
    `changed` (the value) or `not indexed` (no mapping has the field).
    """
    mappings = composed(stream)["mappings"]
    if document.get("@timestamp") is None:
        return ["refused: @timestamp is missing"]
    return list(_refusals_in(mappings, mappings, document, ""))


def _refusals_in(root: Json, spec: Json, value: Mapping[str, object], path: str) -> Iterator[str]:
    dynamic = spec.get("dynamic", root["dynamic"])
    for key, inner in value.items():
        name = f"{path}.{key}" if path else key
        if not all(part.strip() for part in key.split(".")):
            yield f"refused: {name!r} has an empty part"
            continue
        yield from _refusals_of(root, {"dynamic": dynamic, **spec}, key.split("."), inner, path)


def _refusals_of(
    root: Json, spec: Json, parts: list[str], value: object, path: str
) -> Iterator[str]:
    name = f"{path}.{parts[0]}" if path else parts[0]
    if len(parts) > 1:
        value = {".".join(parts[1:]): value}
    if value is None:
        return
    field = spec.get("properties", {}).get(parts[0])
    for each in value if isinstance(value, list) else [value]:
        here = field or _dynamic_field(root, spec["dynamic"], name, each)
        if here is None:
            yield f"not indexed: no mapping has {name}"
        elif _is_object(here) and isinstance(each, dict):
            yield from _refusals_in(root, {"dynamic": spec["dynamic"], **here}, each, name)
        elif _is_object(here) or isinstance(each, dict):
            yield f"refused: {name} is {_kind(each)}, and the mapping says {_type(here)}"
        else:
            yield from _refusals_of_value(here, name, each)


def _refusals_of_value(field: Json, name: str, value: object) -> Iterator[str]:
    kind = _type(field)
    if kind in NUMBERS:
        yield from _refusals_of_number(kind, name, value)
    elif kind == "date":
        if not _is_moment(value):
            happens = "refused" if name == "@timestamp" else "ignored"
            yield f"{happens}: {name} is no date: {value!r}"
    elif kind == "ip":
        if not _is_address(value):
            yield f"ignored: {name} is no address: {value!r}"
    elif kind == "constant_keyword":
        if value != field["value"]:
            yield f"refused: {name} is {value!r}, and always {field['value']!r} in this stream"
    elif kind in WORDS:
        yield from _refusals_of_word(field, name, value)


def _refusals_of_number(kind: str, name: str, value: object) -> Iterator[str]:
    if isinstance(value, str):
        happens = "changed" if re.fullmatch(r"-?\d+(\.\d+)?", value) else "ignored"
        yield f"{happens}: {name} is text for a {kind}: {value!r}"
    elif isinstance(value, bool) or not isinstance(value, int | float):
        yield f"ignored: {name} is {_kind(value)} for a {kind}"
    elif kind in WHOLE_NUMBERS and not -(2 ** (WHOLE_NUMBERS[kind] - 1)) <= value < 2 ** (
        WHOLE_NUMBERS[kind] - 1
    ):
        yield f"ignored: {name} is too large for a {kind}: {value}"
    elif kind in WHOLE_NUMBERS and value != int(value):
        yield f"changed: {name} loses its fraction: {value}"


def _refusals_of_word(field: Json, name: str, value: object) -> Iterator[str]:
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) > field.get("ignore_above", len(text)):
        yield f"ignored: {name} is longer than {field['ignore_above']} characters"
    elif (
        _type(field) == "keyword"
        and field.get("index", True)
        and len(text.encode()) > LONGEST_TERM_BYTES
    ):
        yield f"refused: {name} is longer than {LONGEST_TERM_BYTES} bytes"


def _type_in(stream: str, field: str) -> str | None:
    spec = _spec_in(stream, field)
    return None if spec is None or _is_object(spec) else _type(spec)


def _spec_in(stream: str, field: str) -> Json | None:
    """Return the specification of a field, also of its multi-fields
    (`user_agent.original.text`)."""
    root = composed(stream)["mappings"]
    spec: Json = root
    dynamic = root["dynamic"]
    for part in field.split("."):
        inner = {**spec.get("properties", {}), **spec.get("fields", {})}
        if part not in inner:
            return _dynamic_field(root, dynamic, field, "")
        spec = inner[part]
        dynamic = spec.get("dynamic", dynamic)
    return spec


def _dynamic_field(root: Json, dynamic: object, path: str, value: object) -> Json | None:
    """Return the type that a dynamic template gives an unmapped field; the
    first matching one applies."""
    if dynamic is not True:
        return None
    for each in root["dynamic_templates"]:
        (template,) = each.values()
        is_kept_out = isinstance(value, dict) and "object" in template["unmatch_mapping_type"]
        if fnmatchcase(path, template["path_match"]) and not is_kept_out:
            mapping: Json = template["mapping"]
            return mapping
    return {"type": "object"} if isinstance(value, dict) else {"type": "text"}


def _template_for(stream: str) -> Json:
    found = [
        template
        for path in sorted((FOLDER / "templates").glob("*.json"))
        for template in [_read(f"templates/{path.name}")]
        if any(fnmatchcase(stream, pattern) for pattern in template["index_patterns"])
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} templates are for {stream}")
    return found[0]


def _merge(into: Json, other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif key == "dynamic_templates":
            into[key] = [*into.get(key, []), *value]
        else:
            into[key] = json.loads(json.dumps(value))


def _read(name: str) -> Json:
    body: Json = json.loads((FOLDER / name).read_text())
    return body


def _type(field: Json) -> str:
    return str(field.get("type", "object"))


def _is_object(field: Json) -> bool:
    return _type(field) == "object"


def _kind(value: object) -> str:
    names = {dict: "an object", str: "text", bool: "true or false", int: "a number"}
    return names.get(type(value), type(value).__name__)


def _is_moment(value: object) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.replace(",", ".")[:19])
    except ValueError:
        return False
    return True


def _is_address(value: object) -> bool:
    try:
        return "%" not in str(value) and bool(ip_address(str(value)))
    except ValueError:
        return False
