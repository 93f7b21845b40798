"""Events that Elasticsearch refused and that the dead letter queue returns."""

import json
from datetime import UTC, datetime

import pytest

from tests.logging.logstash.pipeline import documents, refused
from tests.logging.logstash.test_services import LINE

# In the form of logstash-output-elasticsearch.
STATUS = "Could not index event to Elasticsearch. status: 400"
RESPONSE = (
    'response: {"create" => {"status" => 400, "error" => {"type" => "document_parsing_exception"}}}'
)
EVENT = '["create", {_index: "logs-app-transcendence"}, {"message" => "status, response: none"}]'
REASON = f"{STATUS}, action: {EVENT}, {RESPONSE}"
AT = datetime(2026, 2, 3, 4, 5, 6, 789000, UTC)
PATH = "/logs/auth/auth.json.3"
LINES = [json.dumps(LINE), json.dumps({**LINE, "http": "x"}), "{", "no object at all"]


@pytest.mark.parametrize("line", LINES)
def test_a_refused_event_is_stored_as_its_original_line(line: str) -> None:
    (document,) = refused(line, REASON, AT, PATH)
    assert document.stream == "logs-unparsed-transcendence"
    assert document.fields == {
        "@timestamp": "2026-02-03T04:05:06.789Z",
        "error": {"type": "refused", "message": f"{STATUS}, {RESPONSE}"},
        "event": {"kind": "pipeline_error", "original": line},
        "log": {"file": {"path": PATH}},
        "data_stream": {"type": "logs", "dataset": "unparsed", "namespace": "transcendence"},
    }


@pytest.mark.parametrize("line", LINES)
def test_an_event_that_is_refused_twice_is_one_document(line: str) -> None:
    (sent,) = documents([line], PATH)
    (document,) = refused(line, REASON, AT, PATH)
    assert document.id == sent.id


def test_a_huge_line_and_a_huge_reason_are_truncated() -> None:
    (document,) = refused(json.dumps({**LINE, "message": "x" * 99_999}), "y" * 99_999, AT)
    event, error = document.fields["event"], document.fields["error"]
    assert isinstance(event, dict)
    assert isinstance(error, dict)
    assert len(str(event["original"])) == len(str(error["message"])) == 32_000
