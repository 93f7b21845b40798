"""What Kibana's objects ask of the streams: fields that are mapped, for what their type can do."""

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


def test_each_data_view_is_of_streams_that_there_are() -> None:
    assert {view: len(streams(title)) for view, title in titles().items()} == {
        "transcendence-gateway": 1,
        "transcendence-app": 1,
        "transcendence-unparsed": 1,
        "transcendence-all": 3,
    }


def test_a_chart_uses_a_field_for_what_its_type_can_do(subtests: pytest.Subtests) -> None:
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


def test_a_chart_asks_for_fields_and_values_that_can_be(subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            for query in layer.queries():
                for clause in clauses(query):
                    assert_can_be_asked(titles()[layer.view], clause)


def test_a_refused_match_is_listed_whoever_played_it_and_whatever_its_ticket_was() -> None:
    """Of two players nobody is the one who did it, and a ticket that is none names no match."""
    [layer] = [each for each in layers() if each.panel["panelIndex"] == "list-of-refused-matches"]
    assert {
        column["sourceField"]: column["params"]["missingBucket"]
        for column in layer.columns.values()
        if column["operationType"] == "terms"
    } == {"event.reason": False, "user.id": True, "labels.match_id": True}


@pytest.mark.parametrize("search", objects("search"), ids=lambda each: each["id"])
def test_a_search_asks_for_shows_and_sorts_by_fields_that_are_mapped(search: Json) -> None:
    [view] = [titles()[each["id"]] for each in search["references"]]
    for clause in clauses(source(search)["query"]["query"]):
        assert_can_be_asked(view, clause)
    for field in search["attributes"]["columns"]:
        assert field_type(view, field) is not None, field
    for field, _ in search["attributes"]["sort"]:
        assert field_type(view, field) in NUMBERS | {"date"}


def test_a_field_is_shown_in_a_form_that_its_type_has() -> None:
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
