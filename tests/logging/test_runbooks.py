"""The commands of runbooks find lines of the gateway, the services and ui in the form
in which they are written."""

import re
import subprocess
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from tests.logging.day import Day
from tests.logging.guide import EVERYTHING, ROOT, RUNBOOKS
from tests.logging.lines import SERVICES, WRITERS
from tests.logging.mappings import field_type
from tests.logging.test_events import listed

READS_LINES: Final = re.compile(
    rf"^    docker compose logs --since \w+ (?P<writer>{'|'.join(WRITERS)}|SERVICE) (?P<rest>\|.*)$",
    re.MULTILINE,
)
SOUGHT: Final = re.compile(r"grep (?:-\w+ )?('[^']*'|\S+)")
# Not within a path.
NAME: Final = re.compile(r"(?<![/\w-])[a-z]+(?:-[a-z]+)+")
FIELD: Final = re.compile(r"`((?:client|error|event|http|labels|url|user)\.[a-z_.]+)`")
MAINTENANCE: Final = re.compile(r'periodic_lifespan\(\s*"([a-z-]+)"')
"""The values of labels.work."""
ON_BAD_DAYS: Final = {
    ("ErrorBudgetBurnsFast", "SERVICE"),
    ("ErrorBudgetBurnsSlowly", "SERVICE"),
    ("LiveMatchesFail", "tournament"),
    ("NginxDown", "gateway"),
    ("OutboxHolds", "SERVICE"),
    ("OutboxStuck", "SERVICE"),
    ("PostgresDeadlocks", "SERVICE"),
    ("TicksLate", "tournament"),
    ("TournamentsOverdue", "tournament"),
}
"""Commands that may find nothing in the lines of a good day."""


class Command(NamedTuple):
    runbook: str
    writer: str
    rest: str


def commands() -> Iterator[Command]:
    for path in sorted(RUNBOOKS.glob("*.md")):
        for found in READS_LINES.finditer(path.read_text()):
            yield Command(path.stem, found["writer"], found["rest"])


def works() -> set[str]:
    sources = (ROOT / "services").rglob("src/**/*.py")
    return {name for path in sources for name in MAINTENANCE.findall(path.read_text())}


every_command = pytest.mark.parametrize(
    "command", list(commands()), ids=lambda each: f"{each.runbook} {each.rest}"
)


def test_the_runbooks_have_commands() -> None:
    found = {(each.runbook, each.writer) for each in commands()}
    assert found > ON_BAD_DAYS


@every_command
def test_a_command_searches_for_existing_names(command: Command) -> None:
    sought = {name for each in SOUGHT.findall(command.rest) for name in NAME.findall(each)}
    assert sought <= listed().keys() | works()


@pytest.mark.thorough
@every_command
def test_a_command_finds_lines_of_a_day(command: Command, day: Day) -> None:
    if (command.runbook, command.writer) in ON_BAD_DAYS:
        return
    writers = SERVICES if command.writer == "SERVICE" else (command.writer,)
    lines = "\n".join(day.written.raw(*writers))
    found = subprocess.run(
        ["/bin/sh", "-c", f"cat {command.rest}"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout


def test_the_fields_that_runbooks_name_are_mapped() -> None:
    named = {name for path in RUNBOOKS.glob("*.md") for name in FIELD.findall(path.read_text())}
    assert named
    assert not {name for name in named if field_type(EVERYTHING, name) is None}
