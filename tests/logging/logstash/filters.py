"""The filters that the pipelines use, implemented from the plugins'
sources for the settings in use."""

import copy
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

from tests.logging.logstash.event import TIMESTAMP, Event, FieldError, Value
from tests.logging.logstash.expressions import expression
from tests.logging.logstash.grammar import Setting
from tests.logging.logstash.user_agents import add_user_agent

Settings = dict[str, Setting]
Filter = Callable[[Event, Settings], None]

JSON_FAILURE = "_jsonparsefailure"
TIME_FAILURE = "_timestampparsefailure"
MUTATE_FAILURE = "_mutate_error"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
SPACE = " \t\r\n"

# A Ruby filter is identified by its exact text.
RUBY: dict[str, Callable[[Event], None]] = {}


class NotInterpreted(NotImplementedError):
    """The filter or setting is not implemented here; add it from the plugin's source."""


def json_filter(event: Event, settings: Settings) -> None:
    source = event.get(_text(settings, "source"))
    if source is None:
        return
    assert isinstance(source, str)
    try:
        value = _loaded(source)
    except ValueError:
        if not settings.get("skip_on_invalid_json"):
            event.tag(JSON_FAILURE)
        return
    if "target" in settings:
        event.set(_text(settings, "target"), value)
    elif isinstance(value, dict):
        _merge(event, value)
    else:
        event.tag(JSON_FAILURE)


def _merge(event: Event, value: dict[str, Value]) -> None:
    stamp = value.pop(TIMESTAMP, None)
    try:
        for name, inner in value.items():
            event.set(name, inner)
    except FieldError:
        event.tag(JSON_FAILURE)
        return
    if stamp is None or stamp is False:
        return
    time = _time(stamp)
    event.set(TIMESTAMP, time or datetime.now(UTC))
    if time is None:
        event.tag(TIME_FAILURE)
        event.set(f"_{TIMESTAMP}", str(stamp))


def mutate(event: Event, settings: Settings) -> None:
    try:
        for old, new in _pairs(settings, "rename"):
            if event.includes(old):
                event.set(new, event.remove(old))
        gsub = _texts(settings, "gsub")
        for field, pattern, new in zip(gsub[::3], gsub[1::3], gsub[2::3], strict=True):
            if isinstance(value := event.get(field), str):
                event.set(field, expression(pattern).sub(new.replace("\\", r"\\"), value))
        for old, new in _pairs(settings, "copy"):
            if event.get(old) is not None:
                event.set(new, copy.deepcopy(event.get(old)))
        _matched(event, settings)
    except FieldError:
        event.tag(MUTATE_FAILURE)


def prune(event: Event, settings: Settings) -> None:
    kept = [re.compile(pattern) for pattern in _texts(settings, "whitelist_names")]
    for name in list(event.fields):
        if not any(pattern.search(name) for pattern in kept):
            event.fields.pop(name)


def fingerprint(event: Event, settings: Settings) -> None:
    (source,) = _texts(settings, "source")
    if settings["method"] != "SHA256":
        raise NotInterpreted(settings["method"])
    value = event.get(source)
    assert isinstance(value, str)
    event.set(_text(settings, "target"), hashlib.sha256(value.encode()).hexdigest())


def truncate(event: Event, settings: Settings) -> None:
    length = settings["length_bytes"]
    assert isinstance(length, int)
    for field in _texts(settings, "fields"):
        value = event.get(field)
        if isinstance(value, str):
            event.set(field, value.encode()[:length].decode("utf-8", "ignore"))


def ruby(event: Event, settings: Settings) -> None:
    code = _text(settings, "code")
    if code not in RUBY:
        raise NotInterpreted(code)
    RUBY[code](event)


def drop(event: Event, _: Settings) -> None:
    event.cancelled = True


def useragent(event: Event, settings: Settings) -> None:
    value = event.get(_text(settings, "source"))
    if isinstance(value, str) and value:
        add_user_agent(event, value)


def _join_bytes(event: Event) -> None:
    message = event.get("message")
    assert isinstance(message, str)
    event.set("[@metadata][line]", message.encode("latin-1").decode("utf-8", "replace"))


RUBY[
    'event.set("[@metadata][line]", event.get("message")'
    '.encode("ISO-8859-1").force_encoding("UTF-8").scrub)'
] = _join_bytes


def _known(name: str, does: Filter, settings: str) -> Filter:
    known = set(settings.split())

    def checked(event: Event, given: Settings) -> None:
        if unknown := given.keys() - known:
            raise NotInterpreted(f"{name} with {', '.join(sorted(unknown))}")
        does(event, given)

    return checked


FILTERS: dict[str, Filter] = {
    name: _known(name, does, settings)
    for name, does, settings in (
        ("drop", drop, ""),
        ("fingerprint", fingerprint, "source target method"),
        ("json", json_filter, "source target skip_on_invalid_json"),
        ("mutate", mutate, "rename gsub copy add_field remove_field"),
        ("prune", prune, "whitelist_names"),
        ("ruby", ruby, "code"),
        ("truncate", truncate, "fields length_bytes"),
        ("useragent", useragent, "source"),
    )
}


def _matched(event: Event, settings: Settings) -> None:
    for field, value in _pairs(settings, "add_field"):
        if event.includes(field):
            raise NotInterpreted(
                f"add_field over {field}, which there is already: it becomes a list"
            )
        event.set(field, event.filled(value))
    for field in _texts(settings, "remove_field"):
        event.remove(field)


def _loaded(text: str) -> Value:
    """Parse JSON as jrjackson does: of several values in a row the last one
    counts, and no value is null."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    value: Value = None
    rest = text.strip(SPACE)
    try:
        while rest:
            value, end = decoder.raw_decode(rest)
            rest = rest[end:].lstrip(SPACE)
    except RecursionError:
        raise ValueError("too deep") from None
    return _encodable(value)


def _no_constant(name: str) -> Value:
    raise ValueError(f"{name} is no JSON")


def _encodable(value: Value) -> Value:
    if isinstance(value, str):
        return LONE_SURROGATE.sub("?", value)
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {LONE_SURROGATE.sub("?", key): _encodable(inner) for key, inner in value.items()}
    return value


def _time(stamp: Value) -> datetime | None:
    """Parse a time. Logstash accepts more forms, but the pipelines only
    pass on times with a zone."""
    try:
        return datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return None


def _text(settings: Settings, name: str) -> str:
    value = settings[name]
    assert isinstance(value, str)
    return value


def _texts(settings: Settings, name: str) -> list[str]:
    value = settings.get(name, [])
    assert isinstance(value, list)
    return [item for item in value if isinstance(item, str)]


def _pairs(settings: Settings, name: str) -> list[tuple[str, str]]:
    value = settings.get(name, {})
    assert isinstance(value, dict)
    return [(key, inner) for key, inner in value.items() if isinstance(inner, str)]
