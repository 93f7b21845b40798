"""Faults of a log line are found, and a good line has none."""

import json
from collections.abc import Mapping

import pytest

from tests.fixtures.ecs import ALLOWED, ARRAYS, FIELDS, REQUIRED, TYPES_OF_CATEGORY, faults, kind_of

ID = "0123456789abcdef0123456789abcdef"
APP: Mapping[str, object] = {
    "@timestamp": "2026-11-24T12:15:38.606Z",
    "log.level": "info",
    "message": "request served",
    "ecs.version": "9.4.0",
    "host": {"name": "a1b2c3"},
    "process": {"pid": 7},
    "service": {"name": "history", "environment": "production", "version": "0.1.0"},
    "event": {
        "kind": "event",
        "dataset": "app",
        "sequence": 12,
        "action": "request",
        "category": ["web"],
        "outcome": "success",
        "duration": 1250000,
    },
    "http": {"request": {"id": ID, "method": "GET"}, "response": {"status_code": 200}},
    "trace": {"id": ID},
    "url": {"path": "/matches/{match_id}"},
    "user": {"id": "019a9a3c-8a52-7c1e-9a3d-0f5c8f2b6c11", "roles": ["admin"]},
    "labels": {"match_id": "019a9a3c-8a52-7c1e-9a3d-0f5c8f2b6c12"},
    "transcendence": {"ticks": 3600, "delay": 1.5},
}
GATEWAY: Mapping[str, object] = {
    "@timestamp": "2026-11-24T12:15:38.606+00:00",
    "ecs": {"version": "9.4.0"},
    "message": "GET /",
    "service": {"name": "gateway"},
    "host": {"name": "a1b2c3"},
    "process": {"pid": 7},
    "event": {
        "kind": "event",
        "category": ["web"],
        "type": ["access"],
        "dataset": "nginx.access",
        "outcome": "success",
        "duration": 806000000,
    },
    "client": {"ip": "2001:db8::1"},
    "user": {"id": ""},
    "http": {
        "version": "2.0",
        "request": {"id": ID, "method": "GET", "bytes": 120, "referrer": ""},
        "response": {"status_code": 200, "bytes": 900, "body": {"bytes": 700}},
    },
    "trace": {"id": ID},
    "nginx": {
        "upstream": {
            "address": "192.0.2.1:8003",
            "status": 200,
            "connect_time": 0.0,
            "response_time": None,
        },
        "limit": {"status": "PASSED"},
    },
}


@pytest.mark.parametrize("line", [APP, GATEWAY])
def test_a_good_line_has_no_fault(line: Mapping[str, object]) -> None:
    assert faults(line) == []
    assert faults(json.loads(json.dumps(line))) == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("event.speed", 1, "event.speed is no field of ECS 9.4.0, and none of ours"),
        ("level", "info", "level is no field"),
        # An object with fields is no field itself, and multi-fields of Elasticsearch are not sent.
        ("service", "history", "service is no field"),
        ("user_agent.original.text", "x", "user_agent.original.text is no field"),
        ("process.pid", "7", "process.pid is a long, which '7' is not"),
        ("process.pid", True, "process.pid is a long, which True is not"),
        ("process.pid", 7.0, "process.pid is a long, which 7.0 is not"),
        ("process.pid", "", "process.pid is a long, which '' is not"),
        ("event.duration", 1 << 63, "event.duration is a long"),
        ("service.version", 1, "service.version is a keyword, which 1 is not"),
        ("message", 1, "message is a match_only_text"),
        ("url.path", 1, "url.path is a wildcard"),
        ("client.ip", "192.0.2.300", "client.ip is a ip"),
        ("client.ip", "", "client.ip is a ip, which '' is not"),
        ("client.ip", 3221225985, "client.ip is a ip"),
        ("event.created", "2026-11-24T12:15:38Z", "event.created is a date"),
        ("event.created", "2026-13-24T12:15:38.606Z", "event.created is a date"),
        ("event.created", "2026-11-24T12:15:38.606", "event.created is a date"),
        ("event.created", 1764000000, "event.created is a date"),
        ("event.created", "", "event.created is a date, which '' is not"),
        ("tls.established", "yes", "tls.established is a boolean"),
        ("client.geo.location", "1,2", "client.geo.location is a geo_point"),
        ("user.id", ["a"], "user.id must not be an array"),
        ("user.roles", "admin", "user.roles must be an array"),
        ("user.roles", ["admin", 1], "user.roles is a keyword, which 1 is not"),
        ("labels.ticks", 1, "labels.ticks is a keyword, which 1 is not"),
        ("labels.ready", True, "labels.ready is a keyword"),
        ("labels.ids", ["a"], "labels.ids must not be an array"),
        ("labels.Match", "a", "labels.Match is no field"),
        ("labels.match.id", "a", "labels.match.id is no field"),
        ("transcendence.ticks", "1", "transcendence.ticks is a double, which '1' is not"),
        ("transcendence.ready", True, "transcendence.ready is a double"),
        ("transcendence.delay", float("nan"), "transcendence.delay is a double"),
        ("nginx.upstream.status", "200", "nginx.upstream.status is a short"),
        ("nginx.upstream.status", 1 << 15, "nginx.upstream.status is a short"),
        ("nginx.upstream.connect_time", "-", "nginx.upstream.connect_time is a float"),
        ("nginx.upstream.speed", "a", "nginx.upstream.speed is no field"),
        ("event.kind", "happening", "event.kind may not be 'happening'"),
        ("event.outcome", "refused", "event.outcome may not be 'refused'"),
        ("event.category", ["web", "game"], "event.category may not be 'game'"),
        ("event.type", ["deletion"], "event.type 'deletion' does not go with ['web']"),
        ("event.action", "Sign in", "event.action is no name in our form: 'Sign in'"),
        ("event.action", "sign_in", "event.action is no name in our form"),
        ("event.dataset", "history.log", "event.dataset is none of ours: 'history.log'"),
        ("user.id", "UUID('019a9a3c-8a52-7c1e-9a3d-0f5c8f2b6c11')", "user.id is how Python writes"),
        ("labels.at", "datetime.datetime(2026, 11, 24)", "labels.at is how Python writes"),
        ("labels.who", "<auth.accounts.models.Account object at 0x7f>", "labels.who is how Python"),
        ("ecs.version", "1.6.0", "ecs.version must be 9.4.0"),
        ("trace.id", "f" * 32, "http.request.id and trace.id must be the same"),
    ],
)
def test_one_fault_is_found(name: str, value: object, fault: str) -> None:
    [found] = faults({**flat(APP), name: value})
    assert found.startswith(fault)


def test_a_request_id_in_another_form_is_a_fault() -> None:
    [found] = faults({**flat(APP), "http.request.id": "x", "trace.id": "x"})
    assert found == "http.request.id is none of the gateway's: 'x'"


@pytest.mark.parametrize(("dataset", "line"), [("app", APP), ("nginx.access", GATEWAY)])
def test_a_missing_required_field_is_a_fault(dataset: str, line: Mapping[str, object]) -> None:
    for name in REQUIRED[dataset] - {"event.dataset"}:
        without = {key: value for key, value in flat(line).items() if key != name}
        assert f"{name} is missing" in faults(without)
        assert f"{name} is missing" in faults({**without, name: None})


def test_a_line_without_a_dataset_is_a_fault() -> None:
    assert "event.dataset is none of ours: None" in faults({"message": "hello"})


def test_a_field_that_is_both_dotted_and_nested_is_a_fault() -> None:
    """Elasticsearch would merge both into one field with two values."""
    assert faults({**APP, "event.action": "request"}) == ["event.action is there twice"]


def test_several_faults_are_all_found() -> None:
    assert len(faults({**flat(APP), "process.pid": "7", "speed": 1, "labels.a": 1})) == 3


def test_the_schema_is_complete() -> None:
    assert len(FIELDS) > 2500
    assert kind_of("http.request.id") == "keyword"
    assert kind_of("client.ip") == "ip"
    assert {"event.category", "event.type", "user.roles"} <= ARRAYS
    assert ALLOWED["event.outcome"] == ["failure", "success", "unknown"]
    assert "access" in TYPES_OF_CATEGORY["web"]


def flat(line: Mapping[str, object], before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in line.items():
        if isinstance(value, Mapping):
            found.update(flat(value, f"{before}{key}."))
        else:
            found[f"{before}{key}"] = value
    return found
