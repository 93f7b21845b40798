"""Every log call has a stable event.action, and docs/logging.md lists all of them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from tests.fixtures.ecs import ALLOWED, TYPES_OF_CATEGORY
from tests.logging.source import EVERYWHERE, ROOT, SOURCES, LogCall, NotEnumerable, log_calls

DOCUMENT: Final = ROOT / "docs/logging.md"
ACTION: Final = re.compile(r"`([a-z0-9-]+)`")
CALLS: Final = log_calls()
CALLS_WITH_ACTION: Final = [call for call in CALLS if "event.action" in call.fields]


class Row(NamedTuple):
    """A row of the table of events."""

    actions: frozenset[str]
    service: str
    outcomes: frozenset[str]


def rows() -> Iterator[Row]:
    _, heading, section = DOCUMENT.read_text().partition("\n## Events\n")
    assert heading, "docs/logging.md has no section Events"
    for line in section.partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            yield Row(
                frozenset(ACTION.findall(cells[0])), cells[1], frozenset(cells[2].split(", "))
            )


def written() -> dict[str, set[str]]:
    """Return each action in the code with the services that write it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for call in CALLS_WITH_ACTION:
        for action in call.values("event.action"):
            found[action].add(call.service)
    return {
        action: {EVERYWHERE} if EVERYWHERE in services else services
        for action, services in found.items()
    }


def listed() -> dict[str, set[str]]:
    return {action: set(row.service.split(", ")) for row in rows() for action in row.actions}


def test_every_service_has_log_calls() -> None:
    assert {call.service for call in CALLS} == set(SOURCES)


def test_each_log_call_has_an_action(subtests: pytest.Subtests) -> None:
    for call in CALLS:
        with subtests.test(str(call)):
            assert "event.action" in call.fields, f"{call} logs without event.action"


def test_each_action_is_enumerable(subtests: pytest.Subtests) -> None:
    for call in CALLS_WITH_ACTION:
        with subtests.test(str(call)):
            try:
                actions = call.values("event.action")
            except NotEnumerable as error:
                pytest.fail(f"give it a Literal or an Enum: {error}")
            assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", action) for action in actions), (
                actions
            )


def test_each_action_is_in_the_table_of_events() -> None:
    missing = sorted(written().keys() - listed().keys())
    assert not missing, f"docs/logging.md, section Events, lacks {', '.join(missing)}"


def test_each_action_of_the_table_is_in_the_code() -> None:
    gone = sorted(listed().keys() - written().keys())
    assert not gone, (
        f"docs/logging.md, section Events, lists actions that no service logs: {', '.join(gone)}"
    )


def test_the_table_names_the_services_that_write_an_action() -> None:
    in_code, in_table = written(), listed()
    wrong = {
        action: f"{sorted(in_table[action])} in the table, {sorted(services)} in the code"
        for action, services in in_code.items()
        if action in in_table and in_table[action] != services
    }
    assert not wrong


def test_no_action_is_listed_twice() -> None:
    all_of_them = [action for row in rows() for action in row.actions]
    assert sorted(all_of_them) == sorted(set(all_of_them))


def test_the_table_has_only_outcomes_of_the_schema() -> None:
    assert {outcome for row in rows() for outcome in row.outcomes} <= set(ALLOWED["event.outcome"])


def test_each_outcome_is_in_the_table(subtests: pytest.Subtests) -> None:
    for call in CALLS_WITH_ACTION:
        if "event.outcome" not in call.fields:
            continue
        with subtests.test(str(call)):
            try:
                outcomes = call.values("event.outcome")
            except NotEnumerable:
                outcomes = set(ALLOWED["event.outcome"])
            actions = call.values("event.action")
            for row in rows():
                if row.actions & actions:
                    assert row.outcomes & outcomes, f"{call}: {sorted(outcomes)}"


def test_category_and_type_are_of_the_schema_and_fit_each_other(subtests: pytest.Subtests) -> None:
    for call in CALLS_WITH_ACTION:
        with subtests.test(str(call)):
            if "event.category" not in call.fields:
                assert "event.type" not in call.fields
                continue
            categories = call.each_of("event.category")
            assert categories <= set(ALLOWED["event.category"])
            types = call.each_of("event.type") if "event.type" in call.fields else set()
            expected = {each for category in categories for each in TYPES_OF_CATEGORY[category]}
            assert types <= expected


@pytest.mark.parametrize("call", [call for call in CALLS if "event.reason" in call.fields], ids=str)
def test_no_reason_is_the_message_of_an_exception(call: LogCall) -> None:
    called = {
        part.func.id
        for reason in call.fields["event.reason"]
        for part in ast.walk(reason)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }
    assert not called & {"str", "repr", "type"}
