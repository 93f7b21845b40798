"""Lines that cannot be parsed are stored unchanged, with the reason."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logging.logstash.pipeline import Document, Json, documents
from tests.logging.logstash.test_services import LINE

STREAM = "logs-unparsed-transcendence"
STREAMS = {STREAM, "logs-app-transcendence", "logs-nginx.access-transcendence"}
PATH = "/logs/auth/auth-2.json.1"
GOOD = json.dumps(LINE)


def changed(**changes: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps({**LINE, **changes})


def without(name: str) -> str:
    return json.dumps({key: value for key, value in LINE.items() if key != name})


REASONS = {
    "INFO:     Started server process [7]": "no_object",
    '"a word"': "no_object",
    "12": "no_object",
    "null": "no_object",
    "[]": "no_object",
    f"[{GOOD}]": "no_object",
    f"\ufeff{GOOD}": "no_object",
    "\t": "no_object",
    GOOD[:-20]: "broken_json",
    GOOD[:-1] + ",}": "broken_json",
    GOOD.replace('"pid": 7', '"pid": 07'): "broken_json",
    GOOD.replace("12", "NaN"): "broken_json",
    GOOD + " and more": "broken_json",
    GOOD[:60] + GOOD: "broken_json",
    '{"a":' * 5000: "broken_json",
    GOOD + GOOD: "two_lines",
    f"{GOOD} {GOOD}": "two_lines",
    changed(tags={"a": 1}): "reserved_name",
    changed(tags=["a", 1]): "reserved_name",
    changed(tags=["_jsonparsefailure"]): "reserved_name",
    changed(**{"@metadata": {"id": "mine"}}): "reserved_name",
    changed(**{"@metadata": None}): "colliding_fields",
    changed(**{"[@metadata][id]": "mine"}): "reserved_name",
    changed(**{"[tags": "x"}): "reserved_name",
    "{}": "no_time",
    without("@timestamp"): "no_time",
    changed(**{"@timestamp": None}): "no_time",
    changed(**{"@timestamp": 1769903999.123}): "bad_time",
    changed(**{"@timestamp": "yesterday"}): "bad_time",
    changed(**{"@timestamp": "2026-01-31"}): "bad_time",
    changed(**{"@timestamp": "2026-01-31T23:59:59"}): "bad_time",
    changed(**{"@timestamp": "2026-02-30T23:59:59Z"}): "bad_time",
    without("service"): "no_service",
    changed(service="auth"): "no_service",
    changed(service={"name": None}): "no_service",
    without("event"): "unknown_dataset",
    changed(event="app"): "unknown_dataset",
    changed(event={"dataset": "apps"}): "unknown_dataset",
    changed(event={"dataset": ["app"]}): "unknown_dataset",
    changed(service={"name": "history"}): "another_writer",
    changed(service={"name": "gateway"}): "another_writer",
    changed(service={"name": "auth2"}): "another_writer",
    changed(service={"name": "Auth"}): "another_writer",
    changed(service={"name": ["auth", "history"]}): "another_writer",
    changed(service={"name": "auth /logs/auth/"}): "another_writer",
    changed(service={"name": "x\napp auth /logs/auth/x\n"}): "another_writer",
    changed(event={"dataset": "nginx.access"}): "another_writer",
    changed(event={"dataset": "nginx.access"}, service={"name": "gateway"}): "another_writer",
    changed(log="x"): "colliding_fields",
    changed(log=5): "colliding_fields",
    changed(ecs="9.4.0"): "colliding_fields",
    changed(**{"a]b": 1}): "colliding_fields",
}


def arrived(line: str) -> Document:
    (document,) = documents([line], PATH)
    return document


@pytest.mark.parametrize(("line", "reason"), REASONS.items(), ids=range(len(REASONS)))
def test_an_unreadable_line_is_stored_with_the_reason(line: str, reason: str) -> None:
    document = arrived(line)
    assert document.stream == STREAM
    error = document.fields.pop("error")
    assert isinstance(error, dict)
    assert error["type"] == reason
    assert str(error["message"]).endswith(".")
    time = datetime.fromisoformat(str(document.fields.pop("@timestamp")))
    assert datetime.now(UTC) - time < timedelta(minutes=1)
    assert document.fields == {
        "event": {"kind": "pipeline_error", "original": line},
        "log": {"file": {"path": PATH}},
        "data_stream": {"type": "logs", "dataset": "unparsed", "namespace": "transcendence"},
    }


@pytest.mark.parametrize(
    "path",
    [
        "/logs/history/auth.json",
        "/logs/history/app auth .json",
        "/logs/history/x.json auth.json.1",
        "/logs/gateway/access.json",
    ],
)
def test_a_file_name_cannot_impersonate_another_service(path: str) -> None:
    """An attacker in a service can choose the names of its files, but not their folder."""
    (document,) = documents([GOOD], path)
    assert document.stream == STREAM
    assert document.fields["log"] == {"file": {"path": path}}


@pytest.mark.parametrize("line", ["", " ", "     "])
def test_an_empty_line_is_dropped(line: str) -> None:
    assert documents([line, GOOD, line]) == documents([GOOD])


def test_equal_bad_lines_are_one_document() -> None:
    assert arrived("x").id == arrived("x").id != arrived("y").id


def test_a_bad_line_does_not_affect_other_lines() -> None:
    assert documents(["{", GOOD, "}"])[1] == documents([GOOD])[0]


@pytest.mark.parametrize(("shift", "bytes_kept"), [(0, 32_000), (1, 31_999)])
def test_a_huge_line_is_truncated_between_two_characters(shift: int, bytes_kept: int) -> None:
    event = arrived("x" * shift + "ü" * 1_000_000).fields["event"]
    assert isinstance(event, dict)
    assert len(str(event["original"]).encode()) == bytes_kept


def test_invalid_utf_8_is_replaced() -> None:
    raw = GOOD.encode().replace(b"signed in", b"signed \xff\xc3 in \xe2\x82 \xc3\xbc")
    (document,) = documents([raw.decode("utf-8", "surrogateescape")])
    assert document.stream == "logs-app-transcendence"
    assert document.fields["message"] == "signed \ufffd\ufffd in \ufffd ü"


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))
def test_every_line_becomes_one_document(line: str) -> None:
    assert len(documents([line])) == (1 if line.strip(" ") else 0)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["dataset", "name", "level", "[a]", "0", "tags"]), inner)
    ),
    max_leaves=6,
)
ROOTS = st.sampled_from(
    (
        *("@timestamp", "@metadata", "@version", "tags", "log", "log.level", "ecs", "event"),
        *("service", "data_stream", "host", "message", "_id", "%{x}"),
        *("[log]", "[tags]", "[@timestamp]", "[["),
    )
)


@given(st.dictionaries(ROOTS, JSON, max_size=6), st.booleans())
def test_every_object_becomes_one_document_with_time_and_stream(
    fields: dict[str, Json], laid_over_a_good_line: bool
) -> None:
    line = json.dumps({**LINE, **fields} if laid_over_a_good_line else fields)
    (document,) = documents([line])
    assert document.stream in STREAMS
    assert len(document.id) == 64
    assert isinstance(document.fields["@timestamp"], str)
    assert not document.fields.keys() & {"@metadata", "@version"} - fields.keys()
