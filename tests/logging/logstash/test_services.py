"""Lines of the services and ui, and the resulting documents."""

import json

import pytest

from tests.logging.logstash.event import Event
from tests.logging.logstash.pipeline import Document, Json, documents

STREAM = "logs-app-transcendence"
LINE: dict[str, Json] = {
    "@timestamp": "2026-01-31T23:59:59.123Z",
    "log.level": "info",
    "message": "signed in",
    "ecs.version": "9.4.0",
    "service": {"name": "auth", "environment": "production", "version": "1.2.3"},
    "host": {"name": "auth-7f"},
    "process": {"pid": 7},
    "event": {"kind": "event", "dataset": "app", "action": "user-login", "sequence": 12},
    "http": {"request": {"id": "a" * 32}},
    "labels": {"match_id": "0190a1b2"},
    "transcendence": {"attempt": 3},
}


def arrived(changes: dict[str, Json] | None = None) -> Document:
    (document,) = documents([json.dumps({**LINE, **(changes or {})})])
    return document


def test_an_event_is_stored_as_it_was_written() -> None:
    document = arrived()
    assert document.stream == STREAM
    expected = {name: value for name, value in LINE.items() if "." not in name}
    assert document.fields == expected | {
        "log": {"level": "info"},
        "ecs": {"version": "9.4.0"},
        "data_stream": {"type": "logs", "dataset": "app", "namespace": "transcendence"},
    }


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
def test_the_level_is_added_to_other_fields_of_log(level: str) -> None:
    document = arrived({"log.level": level, "log": {"logger": "auth.service"}})
    assert document.fields["log"] == {"logger": "auth.service", "level": level}


def test_time_and_host_are_taken_from_the_line() -> None:
    document = arrived({"@timestamp": "2026-02-01T01:02:03.456+02:00"})
    assert document.fields["@timestamp"] == "2026-01-31T23:02:03.456Z"
    assert document.fields["host"] == {"name": "auth-7f"}


def test_fields_that_a_line_lacks_are_not_added() -> None:
    """Logstash adds its own host and the file's name to what it reads."""
    short = {name: LINE[name] for name in ("@timestamp", "service", "event")}
    (document,) = documents([json.dumps(short)])
    assert document.fields.keys() == {*short, "data_stream"}


def test_a_stack_trace_keeps_its_line_breaks() -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: ü "quoted"\n'
    error: Json = {"type": "ValueError", "message": 'ü "quoted"', "stack_trace": trace}
    assert arrived({"error": error}).fields["error"] == error


def test_a_line_that_is_read_twice_is_one_document() -> None:
    assert arrived() == arrived()
    assert len(arrived().id) == 64


def test_lines_that_differ_in_their_number_only_are_two_documents() -> None:
    event = LINE["event"]
    assert isinstance(event, dict)
    assert arrived().id != arrived({"event": {**event, "sequence": 13}}).id


def test_an_event_cannot_choose_its_stream() -> None:
    document = arrived({"data_stream": {"dataset": "elsewhere", "namespace": "mine"}})
    assert document.stream == STREAM
    assert arrived({"data_stream": "elsewhere"}).stream == STREAM


def test_fields_for_the_pipeline_only_are_removed() -> None:
    assert not arrived().fields.keys() & {"@metadata", "@version", "tags"}


def test_a_very_long_message_is_stored_whole() -> None:
    message = "ü" * 3_000_000
    assert arrived({"message": message}).fields["message"] == message


def test_a_list_becomes_a_text_with_commas() -> None:
    """A list of a single word cannot be distinguished from the word."""
    assert Event({"a": ["x", ["y", 1], None]}).filled("%{a} %{b}") == "x,y,1, %{b}"
