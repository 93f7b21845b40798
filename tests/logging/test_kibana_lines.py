"""Kibana's panels, applied to real lines of a day, show something."""

import re
from collections import defaultdict
from fnmatch import fnmatchcase
from functools import partial

import pytest

from tests.logging.kql import question
from tests.logging.lines import GATEWAY, value, values
from tests.logging.logstash.pipeline import Document
from tests.logging.saved_objects import Layer, layers, objects, source, titles

pytestmark = pytest.mark.thorough

RECORDS = "___records___"
# Matches IDs, also within a path.
WORD = re.compile(r"[\w-]+")
WHEN_IT_HAPPENS = {
    "errors": "only unforeseen errors",
    "unparsed-lines": "a line that is no JSON",
    "over-the-limit": "one address sends more than a day of ours does",
    "over-the-limit-over-time": "the same",
    "over-the-limit-by-client": "the same",
}
"""Panels that may be empty on a good day."""
SOME_SAY_NOTHING = {
    "errors-by-kind": "its description says which ones",
    "user-agents": "requests without a user agent",
    "slowest-addresses": "bytes that are no request have no address",
    "top-addresses": "the same",
}
"""Panels that leave out lines without the field that they group by."""


def test_each_panel_shows_something(stored: list[Document], subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            if layer.panel["panelIndex"] in WHEN_IT_HAPPENS:
                continue
            asked = question(layer.attributes["state"]["query"]["query"])
            shown = [
                each for each in seen(layer, stored) if asked.holds(partial(values, each.fields))
            ]
            assert shown
            for column in layer.columns.values():
                field = column.get("sourceField", RECORDS)
                if field != RECORDS:
                    assert any(values(document.fields, field) for document in shown), field


def test_no_matching_line_is_left_out_for_a_missing_field(
    stored: list[Document], subtests: pytest.Subtests
) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            asked = question(layer.attributes["state"]["query"]["query"])
            shown = [
                each for each in seen(layer, stored) if asked.holds(partial(values, each.fields))
            ]
            grouped = {
                column["sourceField"]
                for column in layer.columns.values()
                if column["operationType"] == "terms" and not column["params"]["missingBucket"]
            }
            lacking = {
                field for field in grouped if any(not values(each.fields, field) for each in shown)
            }
            assert not lacking or layer.panel["panelIndex"] in SOME_SAY_NOTHING


def test_fields_in_queries_of_panels_occur_in_lines(
    stored: list[Document], subtests: pytest.Subtests
) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            documents = seen(layer, stored)
            for query in layer.queries():
                for clause in question(query).clauses:
                    assert any(values(document.fields, clause.field) for document in documents), (
                        clause.field
                    )


@pytest.mark.parametrize(
    ("search", "field"),
    [
        ("transcendence-request", "http.request.id"),
        ("transcendence-match", "labels.match_id"),
        ("transcendence-player", "user.id"),
    ],
)
def test_a_search_by_id_finds_lines_of_several_writers(
    search: str, field: str, stored: list[Document]
) -> None:
    [asked] = [source(each)["query"]["query"] for each in objects("search") if each["id"] == search]
    holding: defaultdict[str, list[Document]] = defaultdict(list)
    for document in stored:
        for clause in question(asked).clauses:
            for each in values(document.fields, clause.field):
                for word in WORD.findall(str(each)):
                    holding[word].append(document)
    ids = {str(each) for document in stored for each in values(document.fields, field)}
    writers = []
    for id_ in ids:
        story = question(asked.replace("paste-the-id-here", id_))
        writers.append(
            {
                value(document.fields, "service.name")
                for document in holding[id_]
                if story.holds(partial(values, document.fields))
            }
        )
    assert all(writers)
    assert any({GATEWAY, "history"} < each or {GATEWAY, "tournament"} < each for each in writers)


@pytest.mark.parametrize("search", objects("search"), ids=lambda each: each["id"])
def test_each_column_of_a_search_has_values(
    search: dict[str, dict[str, list[str]]], stored: list[Document]
) -> None:
    for column in search["attributes"]["columns"]:
        assert any(values(document.fields, column) for document in stored), column


def seen(layer: Layer, stored: list[Document]) -> list[Document]:
    title = titles()[layer.view]
    return [document for document in stored if fnmatchcase(document.stream, title)]
