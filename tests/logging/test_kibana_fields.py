"""Kibana's objects use only mapped fields, and only in ways that the fields' types allow."""

import pytest

from tests.logging.kql import Clause, clauses
from tests.logging.mappings import aggregatable, field_type, searchable, streams
from tests.logging.saved_objects import Json, formats, layers, objects, source, titles

NUMBERS = {"long", "integer", "short", "double", "float"}
WORDS = {"keyword", "constant_keyword", "wildcard"}
TERMS = {"string": WORDS, "ip": {"ip"}, "number": NUMBERS, "boolean": {"boolean"}}
NEEDED = {
    "date_histogram": {"date"},
    "percentile": NUMBERS,
    "sum": NUMBERS,
    "unique_count": WORDS | NUMBERS | {"ip"},
}
OF_THE_WHOLE = {"count", "filters"}
FORMATTED = {"duration": NUMBERS, "bytes": NUMBERS, "number": NUMBERS, "url": WORDS}


def test_each_data_view_matches_existing_streams() -> None:
    assert {view: len(streams(title)) for view, title in titles().items()} == {
        "transcendence-gateway": 1,
        "transcendence-app": 1,
        "transcendence-unparsed": 1,
        "transcendence-all": 3,
    }


def test_a_chart_uses_fields_as_their_types_allow(subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            view = titles()[layer.view]
            for column in layer.columns.values():
                operation = column["operationType"]
                if operation in OF_THE_WHOLE:
                    assert column.get("sourceField") in {None, "___records___"}
                    continue
                field = column["sourceField"]
                allowed = TERMS[column["dataType"]] if operation == "terms" else NEEDED[operation]
                assert field_type(view, field) in allowed, field
                assert aggregatable(view, field), field


def test_a_chart_queries_existing_fields_and_values(subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            for query in layer.queries():
                for clause in clauses(query):
                    assert_can_be_asked(titles()[layer.view], clause)


def test_refused_matches_without_a_player_or_match_id_are_listed() -> None:
    """The refusal of an online match names no player, and an invalid ticket names no match."""
    [layer] = [each for each in layers() if each.panel["panelIndex"] == "list-of-refused-matches"]
    assert {
        column["sourceField"]: column["params"]["missingBucket"]
        for column in layer.columns.values()
        if column["operationType"] == "terms"
    } == {"event.reason": False, "user.id": True, "labels.match_id": True}


@pytest.mark.parametrize("search", objects("search"), ids=lambda each: each["id"])
def test_a_search_uses_mapped_fields(search: Json) -> None:
    [view] = [titles()[each["id"]] for each in search["references"]]
    for clause in clauses(source(search)["query"]["query"]):
        assert_can_be_asked(view, clause)
    for field in search["attributes"]["columns"]:
        assert field_type(view, field) is not None, field
    for field, _ in search["attributes"]["sort"]:
        assert field_type(view, field) in NUMBERS | {"date"}


def test_a_field_has_a_format_that_its_type_allows() -> None:
    everything = titles()["transcendence-all"]
    for view in objects("index-pattern"):
        for field, form in formats(view).items():
            assert field_type(everything, field) in FORMATTED[form["id"]], field


def assert_can_be_asked(view: str, clause: Clause) -> None:
    kind = field_type(view, clause.field)
    assert kind is not None, clause
    assert searchable(view, clause.field), clause
    assert not clause.field.endswith(".keyword")
    if clause.comparison != ":":
        assert kind in NUMBERS, clause
    if clause.is_pattern and clause.value != "*":
        assert kind in WORDS, clause
    if kind in NUMBERS and clause.value != "*":
        assert clause.value.isdecimal(), clause
