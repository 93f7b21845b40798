"""A pipeline's file as typed steps.

logstash-pipeline-parser returns nested lists, in which hashes, arrays and plugins differ only by
their contents, and field names are strings like any other.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from logstash_pipeline_parser import Pipeline  # type: ignore[import-untyped]

from tests.logging.logstash.conditions import Condition, condition_of

Kind = Literal["input", "filter", "output"]
Setting: TypeAlias = "str | int | float | bool | list[Setting] | dict[str, Setting] | Plugin"
Step: TypeAlias = "Plugin | Branch"

KINDS: tuple[Kind, ...] = ("input", "filter", "output")


class NotUnderstood(ValueError):
    """The file contains something that these tests cannot read."""


@dataclass(frozen=True)
class Plugin:
    name: str
    settings: dict[str, Setting]


@dataclass(frozen=True)
class Case:
    condition: Condition | None
    steps: list[Step]


@dataclass(frozen=True)
class Branch:
    cases: list[Case]


Sections = dict[Kind, list[Step]]


def read(path: Path) -> Sections:
    return parsed(path.read_text())


def parsed(text: str) -> Sections:
    pipeline = Pipeline(text)
    # Otherwise it makes paths of some values, and fails for a list of them.
    for name in list(pipeline.get_types()):
        pipeline.remove_type(name)
    sections: Sections = {kind: [] for kind in KINDS}
    for kind, steps in pipeline.parse():
        sections[kind] += _steps(steps)
    return sections


def plugins(steps: list[Step]) -> list[Plugin]:
    """Yield all plugins, including those in branches and settings (codecs)."""
    found: list[Plugin] = []
    for step in steps:
        if isinstance(step, Branch):
            found += [plugin for case in step.cases for plugin in plugins(case.steps)]
        else:
            inner: list[Step] = [
                value for value in step.settings.values() if isinstance(value, Plugin)
            ]
            found += [step, *plugins(inner)]
    return found


def conditions(steps: list[Step]) -> list[Condition]:
    found: list[Condition] = []
    for step in steps:
        if isinstance(step, Branch):
            for case in step.cases:
                found += [case.condition] if case.condition else []
                found += conditions(case.steps)
    return found


def _steps(tree: list[list[object]]) -> list[Step]:
    steps: list[Step] = []
    for name, content in tree:
        assert isinstance(content, list)
        if name == "if":
            steps.append(Branch([_case(content)]))
        elif name == "else if":
            _branch(steps).cases.append(_case(content))
        elif name == "else":
            _branch(steps).cases.append(Case(None, _steps(content)))
        elif isinstance(name, str):
            steps.append(_plugin(name, content))
        else:
            raise NotUnderstood(name)
    return steps


def _branch(steps: list[Step]) -> Branch:
    last = steps[-1]
    assert isinstance(last, Branch)
    return last


def _case(content: list[object]) -> Case:
    *condition, block = content
    assert isinstance(block, list)
    (steps,) = block
    return Case(condition_of(condition), _steps(steps))


def _plugin(name: str, attributes: list[object]) -> Plugin:
    settings: dict[str, Setting] = {}
    for attribute in attributes:
        assert isinstance(attribute, list)
        key, wrapped = attribute
        if key in settings:
            raise NotUnderstood(f"{name} has {key} twice")
        settings[key] = _setting(wrapped)
    return Plugin(name, settings)


def _setting(wrapped: list[object]) -> Setting:
    (value,) = wrapped
    if isinstance(value, str | int | float | bool):
        return value
    assert isinstance(value, list), value
    if all(isinstance(item, str | int | float | bool) for item in value):
        return list(value)
    if isinstance(value[0], str):
        name, attributes = value
        return _plugin(name, attributes)
    return {_key(key): _setting(inner) for key, inner in value}


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise NotUnderstood(key)
    return key
