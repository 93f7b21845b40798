"""The instructions for Kibana in docs/logging.md and the runbooks fit its
objects and real lines of a day."""

from fnmatch import fnmatchcase
from functools import partial

import pytest

from tests.logging.guide import (
    RUNBOOKS,
    Search,
    in_kibana,
    names,
    names_in_kibana,
    questions,
    searches,
)
from tests.logging.kql import clauses, question
from tests.logging.lines import GATEWAY, value, values
from tests.logging.logstash.pipeline import Document
from tests.logging.test_events import listed
from tests.logging.test_kibana_fields import assert_can_be_asked

OF_RUNBOOKS = "\n\n".join(in_kibana(each) for each in sorted(RUNBOOKS.glob("*.md")))
SEARCHES = [*searches(questions()), *searches(OF_RUNBOOKS)]
NOT_OF_OURS = {"Discover", "Refused"}
"""Names that belong to Kibana itself or to the play page."""
WHEN_IT_HAPPENS = {
    "nginx.limit.status": "one address sends more than a day of ours does",
    "error.message": "a line that is no JSON",
    "/grafana/*": "nothing of it runs natively",
    "labels.result": "a mail server that is away, or a fault of ours",
}
"""Parts of queries that may find nothing on a good day."""

every_search = pytest.mark.parametrize("search", SEARCHES, ids=lambda each: each.query)


def test_the_guide_and_the_runbooks_have_searches() -> None:
    assert list(searches(questions()))
    assert list(searches(OF_RUNBOOKS))


def test_names_in_the_documents_exist_in_kibana() -> None:
    said = names(questions()) | names(OF_RUNBOOKS)
    assert not said - names_in_kibana() - NOT_OF_OURS


@every_search
def test_a_search_uses_fields_and_values_of_its_data_view(search: Search) -> None:
    for clause in clauses(search.query):
        assert_can_be_asked(search.view, clause)
        if clause.field == "event.action":
            assert clause.value in listed()


@pytest.mark.thorough
@every_search
def test_a_search_finds_lines_of_a_day(search: Search, stored: list[Document]) -> None:
    if any(part in search.query for part in WHEN_IT_HAPPENS):
        return
    asked = question(search.query)
    assert any(
        fnmatchcase(each.stream, search.view) and asked.holds(partial(values, each.fields))
        for each in stored
    )


@pytest.mark.thorough
def test_the_id_of_a_player_is_found_by_a_visit_to_their_page(stored: list[Document]) -> None:
    visits = {
        value(each.fields, "http.request.id")
        for each in stored
        if value(each.fields, "service.name") == GATEWAY
        and str(value(each.fields, "url.path")).startswith("/players/")
    }
    assert any(
        value(each.fields, "http.request.id") in visits and value(each.fields, "labels.player_id")
        for each in stored
    )
