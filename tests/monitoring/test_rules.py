"""Every alert has test cases for firing and not firing, and what an operator needs at night."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.programs import find_program
from tests.monitoring.queries import OPS, RULES

CASES = sorted((OPS / "prometheus/tests").glob("rules_*_test.yml"))
LONG = {OPS / "prometheus/tests/rules_4_test.yml"}
DOCS = OPS.parent / "docs"
RUNBOOKS = DOCS / "runbooks"
DASHBOARDS = ("services", "node-exporter", "postgresql-and-gateway")
SEVERITIES = {"critical", "warning", "none"}
ANNOTATIONS = {"summary", "description", "runbook", "dashboard"}
HEARTBEAT = "Watchdog"
PROMTOOL_SECONDS = 300

Rule = dict[str, Any]


@cache
def alerts() -> list[Rule]:
    return [rule for file in RULES for rule in rules_of(file) if "alert" in rule]


def rules_of(file: Path) -> Iterator[Rule]:
    for group in yaml.safe_load(file.read_text())["groups"]:
        yield from group["rules"]


@cache
def cases() -> list[Rule]:
    return [
        case
        for file in CASES
        for test in yaml.safe_load(file.read_text())["tests"]
        for case in test["alert_rule_test"]
    ]


def names() -> list[str]:
    """Return the names of all alerts, without duplicates, in the order of the files."""
    return list(dict.fromkeys(rule["alert"] for rule in alerts()))


@pytest.mark.parametrize(
    "file",
    [
        # This file covers days of error budget: promtool takes longer for it
        # than for the others together.
        pytest.param(file, id=file.stem, marks=pytest.mark.thorough if file in LONG else ())
        for file in CASES
    ],
)
def test_the_rules_pass_their_cases(file: Path) -> None:
    promtool = find_program("promtool", "prometheus")
    done = subprocess.run(
        [promtool, "test", "rules", file.name],
        cwd=file.parent,
        check=False,
        capture_output=True,
        text=True,
        timeout=PROMTOOL_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_file_of_rules_has_a_file_of_cases() -> None:
    assert [f"{file.stem}_test.yml" for file in RULES] == [file.name for file in CASES]
    for rules, tested in zip(RULES, CASES, strict=True):
        assert yaml.safe_load(tested.read_text())["rule_files"] == [f"../{rules.name}"]


def test_each_alert_has_a_case_that_fires_it_and_one_that_does_not(
    subtests: pytest.Subtests,
) -> None:
    for name in names():
        with subtests.test(name):
            mine = [case for case in cases() if case["alertname"] == name]
            fired = [alert for case in mine for alert in case["exp_alerts"]]
            quiet = [case for case in mine if not case["exp_alerts"]]
            severities = {rule["labels"]["severity"] for rule in alerts() if rule["alert"] == name}
            assert {alert["exp_labels"]["severity"] for alert in fired} == severities
            # The heartbeat always fires.
            assert bool(quiet) == (name != HEARTBEAT)


def test_rules_have_unique_names_and_severities() -> None:
    found = Counter((rule["alert"], rule["labels"]["severity"]) for rule in alerts())
    assert [each for each, times in found.items() if times > 1] == []


def test_each_alert_has_severity_summary_description_and_links(
    subtests: pytest.Subtests,
) -> None:
    for name in names():
        with subtests.test(name):
            for rule in (rule for rule in alerts() if rule["alert"] == name):
                said = rule["annotations"]
                assert set(said) == ANNOTATIONS
                assert rule["labels"]["severity"] in SEVERITIES
                # Lists of alerts show the summary, which names the affected object; the
                # description has the value.
                assert "$value" not in said["summary"]
                assert re.search(r"\{\{.*(\$value|\bvalue\b).*\}\}", said["description"])
                assert said["runbook"] == f"/runbooks/{name}.md"
                shown = re.findall(
                    r"/grafana/d/([\w-]+)/\1\?var-(?:service|host)=", said["dashboard"]
                )
                assert set(shown) <= set(DASHBOARDS)
                assert len(shown) == said["dashboard"].count("/grafana/") > 0


def test_an_alert_without_for_gives_a_reason() -> None:
    """`for` prevents alerts about conditions that pass by themselves."""
    for file in RULES:
        waiting = {rule["alert"] for rule in rules_of(file) if "alert" in rule and "for" in rule}
        for text in re.split(r"\n +- (?:alert|record): ", file.read_text())[1:]:
            name = text.partition("\n")[0]
            if name in names() and name not in waiting:
                assert re.search(r"# No for: \w", text), name


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    pages = {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == set(names())


def test_each_runbook_has_the_same_sections(subtests: pytest.Subtests) -> None:
    for name in names():
        with subtests.test(name):
            text = (RUNBOOKS / f"{name}.md").read_text()
            assert re.findall(r"^#+ (.+)$", text, re.MULTILINE) == [
                name,
                "For players",
                "Look",
                "Do",
                "Prevent",
                "When it goes away",
            ]


def test_the_index_and_the_documentation_list_every_alert() -> None:
    index = re.findall(
        r"^\| \[(\w+)\]\(\1\.md\) \| ([\w, ]+) \|",
        (RUNBOOKS / "README.md").read_text(),
        re.MULTILINE,
    )
    severities: dict[str, list[str]] = {}
    for rule in alerts():
        severities.setdefault(rule["alert"], []).append(rule["labels"]["severity"])
    assert index == [(name, ", ".join(severities[name])) for name in names()]
    for file in RULES:
        row = re.search(
            rf"^\| `{file.name}`.*$", (DOCS / "monitoring.md").read_text(), re.MULTILINE
        )
        assert row is not None
        mine = list(dict.fromkeys(rule["alert"] for rule in rules_of(file) if "alert" in rule))
        assert sorted(re.findall(r"`([A-Z]\w+)`", row[0])) == sorted(mine)


def test_pages_that_runbooks_link_to_exist() -> None:
    for page in RUNBOOKS.glob("*.md"):
        for target in re.findall(r"\]\(([\w.]+)\)", page.read_text()):
            assert (RUNBOOKS / target).is_file(), f"{page.name}: {target}"
