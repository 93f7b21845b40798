"""The query parser on which the tests of Kibana's objects rely."""

import pytest

from tests.logging.kql import Clause, NotKql, clauses, question


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("a.b : c", [Clause("a.b", ":", "c")]),
        ('a : "b or c"', [Clause("a", ":", "b or c", quoted=True)]),
        ("a >= 5 and not b : *", [Clause("a", ">=", "5"), Clause("b", ":", "*")]),
        (
            r"a : (/b* or *\:80) or (c : 1 and d < 2)",
            [
                Clause("a", ":", "/b*"),
                Clause("a", ":", r"*\:80"),
                Clause("c", ":", "1"),
                Clause("d", "<", "2"),
            ],
        ),
    ],
)
def test_each_comparison_is_returned_with_its_field(query: str, expected: list[Clause]) -> None:
    assert clauses(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "free text",
        "a :",
        "a : b c",
        "a : b and",
        "a : (b or c",
        "a : b)",
        'a : "b',
        "a : *:80",
        "a : (b and c)",
        "and : b",
        "a = b",
    ],
)
def test_a_query_that_kibana_cannot_read_is_refused(query: str) -> None:
    with pytest.raises(NotKql):
        clauses(query)


def test_an_asterisk_is_a_wildcard_unless_it_is_quoted_or_escaped() -> None:
    assert [each.is_pattern for each in clauses(r'a : b* or a : "b*" or a : b\*')] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", True),
        ('name : "auth"', True),
        ('name : "aut"', False),
        ("name : a*h", True),
        ('name : "a*h"', False),
        ("path : (/nowhere or /sign-in*)", True),
        ("status >= 400 and status < 500", True),
        ("status : 404", True),
        ("not status : 404", False),
        ('tags : "two"', True),
        ("missing : *", False),
        ("not missing : *", True),
        ('name : "x" or status > 1 and not (path : /b* or missing : 1)', True),
        ("missing > 1", False),
    ],
)
def test_a_query_matches_a_document_or_not(query: str, fits: bool) -> None:
    document: dict[str, list[object]] = {
        "name": ["auth"],
        "path": ["/sign-in"],
        "status": [404],
        "tags": ["one", "two"],
    }
    assert question(query).holds(lambda name: document.get(name, [])) is fits
