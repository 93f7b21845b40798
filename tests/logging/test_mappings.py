"""The templates and roles in ops/elk/elasticsearch: mappings of our
lines and permissions on them."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.ecs import FIELDS, OWN
from tests.logging.mappings import (
    FOLDER,
    STREAMS,
    aggregatable,
    composed,
    field_type,
    refusals,
    searchable,
    streams,
)
from tests.logging.setup.request_shapes import Json, flattened

CONTRACT = Path(__file__).parents[2] / "docs" / "logging.md"
EVERY = "logs-*-transcendence"
GATEWAY, APP, UNPARSED = STREAMS
SAMPLE = {"@timestamp": "2026-11-24T12:15:38.606+00:00"}
# The priority of Elastic's own templates, which ours must exceed.
ELASTICS_PRIORITY = 200


def read(name: str) -> Json:
    body: Json = json.loads((FOLDER / name).read_text())
    return body


def names_in(folder: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / folder).glob("*.json"))


def mapped(spec: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each field that is no object, with its multi-fields."""
    for name, inner in spec.get("properties", {}).items():
        whole = f"{path}.{name}" if path else name
        if "properties" in inner:
            yield from mapped(inner, whole)
        elif inner["type"] != "object":
            yield whole, inner
            yield from mapped({"properties": inner.get("fields", {})}, whole)


def of_every_stream() -> list[tuple[str, str, Json]]:
    return [
        (stream, name, spec)
        for stream in STREAMS
        for name, spec in mapped(composed(stream)["mappings"])
    ]


def test_a_field_has_the_type_of_ecs() -> None:
    known = {**FIELDS, **OWN, "user_agent.original.text": "match_only_text"}
    for stream, name, spec in of_every_stream():
        expected = "keyword" if name.startswith("labels.") else known.get(name)
        assert spec["type"] == expected, f"{name} in {stream}"


def test_every_field_that_the_contract_names_is_mapped() -> None:
    names = re.findall(
        r"`((?:client|error|event|http|labels|log|nginx|process|related|service|trace|transcendence|url|user|user_agent)"
        r"(?:\.[a-z_]+)+)(?=`|:)",
        CONTRACT.read_text(),
    )
    assert len(set(names)) > 20
    unmapped = {name for name in names if field_type(EVERY, name) is None}
    # This name is a dataset, not a field.
    assert unmapped - {"nginx.access"} == set()


def test_own_fields_have_the_types_of_the_contract() -> None:
    assert {name: field_type(GATEWAY, name) for name in OWN} == OWN
    assert field_type(APP, "labels.match_id") == "keyword"
    assert field_type(APP, "transcendence.ticks") == "double"


def test_a_field_has_the_same_type_in_each_stream() -> None:
    """A data view over several streams could not use it otherwise."""
    for name in {name for _, name, _ in of_every_stream()}:
        assert field_type(EVERY, name)


def test_streams_and_templates_are_those_of_the_contract() -> None:
    rows = re.findall(
        r"^\| `(logs-[^`]*)` \|[^|]*\| `([^`]*)` \|$", CONTRACT.read_text(), re.MULTILINE
    )
    assert [name for name, _ in rows] == list(STREAMS)
    assert names_in("templates") == sorted(STREAMS)
    for name, dataset in rows:
        properties = composed(name)["mappings"]["properties"]["data_stream"]["properties"]
        values = {key: spec["value"] for key, spec in properties.items()}
        assert values == {"type": "logs", "dataset": dataset, "namespace": "transcendence"}
        assert "-".join(values[key] for key in ("type", "dataset", "namespace")) == name


def test_components_of_templates_exist() -> None:
    components = names_in("mappings")
    for stream in STREAMS:
        template = read(f"templates/{stream}.json")
        assert set(template["composed_of"]) <= set(components)
        settings = dict(flattened(composed(stream)["settings"]))
        assert settings["index.lifecycle.name"] == "transcendence-logs"
    used = {name for each in STREAMS for name in read(f"templates/{each}.json")["composed_of"]}
    assert used == set(components)
    for name in [*components, "transcendence-logs", *STREAMS, *names_in("roles")]:
        assert f"`{name}`" in CONTRACT.read_text()


@pytest.mark.parametrize("stream", STREAMS)
def test_a_template_matches_only_its_own_stream_and_precedes_elastics(stream: str) -> None:
    template = read(f"templates/{stream}.json")
    assert template["data_stream"] == {}
    assert template["priority"] > ELASTICS_PRIORITY
    others = [each for each in STREAMS if each != stream]
    for each in (*others, "logs-app-default", "logs-system.auth-transcendence", f".ds-{stream}-1"):
        assert not any(fnmatchcase(each, pattern) for pattern in template["index_patterns"])


@pytest.mark.parametrize("stream", STREAMS)
def test_elastics_own_components_do_not_affect_an_index(stream: str) -> None:
    index = composed(stream)
    assert dict(flattened(index["settings"]))["index.mode"] == "standard"
    assert index["data_stream_options"] == {"failure_store": {"enabled": False}}
    assert not [name for name in read(f"templates/{stream}.json")["composed_of"] if "logs@" in name]
    # A data stream with the index setting `ignore_malformed` requires the exception for @timestamp.
    assert index["settings"]["index"]["mapping"]["ignore_malformed"] is True
    assert index["mappings"]["properties"]["@timestamp"]["ignore_malformed"] is False


def test_only_labels_and_own_numbers_may_add_fields() -> None:
    for stream in STREAMS:
        mappings = composed(stream)["mappings"]
        assert mappings["dynamic"] is False
        open_ones = [
            name for name, spec in mappings["properties"].items() if spec.get("dynamic") is True
        ]
        assert open_ones == ["labels", "transcendence"]
        limit = composed(stream)["settings"]["index"]["mapping"]["total_fields"]
        assert limit["ignore_dynamic_beyond_limit"] is True
        # Half of the limit is left to labels and numbers, far more than are in use.
        assert len(list(mapped(mappings))) < limit["limit"] / 2


def test_logstash_may_only_append_to_the_streams() -> None:
    role = read("roles/logstash_writer.json")
    assert role["cluster"] == ["monitor"]
    (indices,) = role["indices"]
    assert sorted(indices["names"]) == sorted(STREAMS)
    assert indices["privileges"] == ["auto_configure", "create_doc"]
    assert set(role) == {"cluster", "indices"}


def test_operators_may_read_the_streams_and_use_kibana() -> None:
    role = read("roles/log_reader.json")
    assert role["cluster"] == []
    (indices,) = role["indices"]
    assert sorted(indices["names"]) == sorted(STREAMS)
    assert indices["privileges"] == ["read", "view_index_metadata"]
    (kibana,) = role["applications"]
    assert kibana == {
        "application": "kibana-.kibana",
        "privileges": ["space_read"],
        "resources": ["space:default"],
    }


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"log.level": "info", "event": {"category": ["web"]}}, None),
        ({"user": None, "client": {"ip": None}}, None),
        ({"client": {"ip": "2001:db8::1"}}, None),
        ({"client": {"ip": ""}}, "ignored: client.ip is no address: ''"),
        ({"client": {"ip": "fe80::1%eth0"}}, "ignored: client.ip is no address: 'fe80::1%eth0'"),
        ({"client": "10.0.0.1"}, "refused: client is text, and the mapping says object"),
        ({"tags": {"a": "b"}}, "refused: tags is an object, and the mapping says keyword"),
        ({"tags": ["a", {}]}, "refused: tags is an object, and the mapping says keyword"),
        ({"event.duration": 3}, None),
        ({"event.duration": 3.0}, None),
        ({"event.duration": 3.5}, "changed: event.duration loses its fraction: 3.5"),
        ({"event.duration": 2**63}, f"ignored: event.duration is too large for a long: {2**63}"),
        ({"event.duration": "3"}, "changed: event.duration is text for a long: '3'"),
        ({"event.duration": "-"}, "ignored: event.duration is text for a long: '-'"),
        ({"event.duration": True}, "ignored: event.duration is true or false for a long"),
        ({"host.name": "x" * 1024}, None),
        ({"host.name": "x" * 1025}, "ignored: host.name is longer than 1024 characters"),
        ({"message": "x" * 100_000, "error": {"stack_trace": "y" * 100_000}}, None),
        ({"labels": {"match_id": "m", "player_ids": ["a", "b"], "ok": True}}, None),
        (
            {"labels.match_id": "x" * 1025},
            "ignored: labels.match_id is longer than 1024 characters",
        ),
        ({"transcendence": {"ticks": 5, "share": 0.5}}, None),
        (
            {"transcendence.ticks": "many"},
            "ignored: transcendence.ticks is text for a double: 'many'",
        ),
        ({"event.unheard_of": 1}, "not indexed: no mapping has event.unheard_of"),
        ({"unheard_of": {"a": 1}}, "not indexed: no mapping has unheard_of"),
        ({"data_stream.dataset": "app"}, None),
        (
            {"data_stream": {"dataset": "other"}},
            "refused: data_stream.dataset is 'other', and always 'app' in this stream",
        ),
        ({"labels": {"": "x"}}, "refused: 'labels.' has an empty part"),
        ({"@timestamp": "yesterday"}, "refused: @timestamp is no date: 'yesterday'"),
        ({"@timestamp": "2026-13-24T12:15:38.606Z"}, "refused: @timestamp is no date: "),
        ({"@timestamp": None}, "refused: @timestamp is missing"),
    ],
)
def test_the_consequence_of_each_value_is_known(
    fields: dict[str, Any], refusal: str | None
) -> None:
    found = refusals(APP, {**SAMPLE, **fields})
    assert len(found) == (refusal is not None), found
    assert found == [] or found[0].startswith(refusal or "")


def test_an_unparsed_line_of_any_length_is_stored() -> None:
    line = "not JSON " * 10_000
    assert refusals(UNPARSED, {**SAMPLE, "message": line, "event": {"original": line}}) == []
    assert refusals(UNPARSED, {**SAMPLE, "error": {"message": line, "type": "json"}}) == []


def test_streams_of_views_and_uses_of_fields_are_known() -> None:
    assert streams(EVERY) == list(STREAMS)
    assert streams(f"{GATEWAY}, logs-app-*") == [GATEWAY, APP]
    assert streams("metrics-*") == []
    assert aggregatable(EVERY, "service.name")
    assert aggregatable(GATEWAY, "url.path")
    assert aggregatable(APP, "labels.mode")
    assert not aggregatable(EVERY, "message")
    assert not aggregatable(UNPARSED, "event.original")
    assert not aggregatable(APP, "http.version"), "only the gateway's lines have it"
    assert searchable(EVERY, "message")
    assert not searchable(UNPARSED, "event.original")
    assert field_type(APP, "event") is None
    assert field_type(APP, "unheard_of") is None
