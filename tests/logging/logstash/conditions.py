"""The conditions of `if`, evaluated as by logstash-core's
org.logstash.config.ir.compiler.EventCondition."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.logging.logstash.event import Event, Value
from tests.logging.logstash.expressions import expression


class ConditionNotUnderstood(ValueError):
    """The condition has a form that is not implemented here."""


@dataclass(frozen=True)
class Condition:
    text: str
    holds: Callable[[Event], bool]


def condition_of(tokens: list[object]) -> Condition:
    """Return a function for a condition as the parser returns it:
    expressions joined by operators."""
    words = tokens[1::2]
    if not words:
        return _expression(tokens[0])
    if words not in (["and"] * len(words), ["or"] * len(words)):
        raise ConditionNotUnderstood(f"{tokens}: parentheses say which binds closer")
    parts = [_expression(token) for token in tokens[::2]]
    join = all if words[0] == "and" else any
    return Condition(str(tokens), lambda event: join(part.holds(event) for part in parts))


def _expression(token: object) -> Condition:
    match token:
        case ["!", *rest]:
            return _negated(_expression(rest))
        case [field, "!~", pattern]:
            return _negated(_expression([field, "=~", pattern]))
        case [field, "not", "in", constants]:
            return _negated(_expression([field, "in", constants]))
    return Condition(str(token), _test(token))


def _negated(condition: Condition) -> Condition:
    return Condition(f"not {condition.text}", lambda event: not condition.holds(event))


def _test(token: object) -> Callable[[Event], bool]:
    match token:
        case [str(field)] if _is_field(field):
            return lambda event: truthy(event.get(field))
        case [str(field), "==", str(constant)] if _is_field(field) and not _is_field(constant):
            return lambda event: event.get(field) == constant
        case [str(field), "=~", str(pattern)] if _is_field(field):
            return _matches(field, pattern)
        case [str(constant), "in", str(field)] if _is_field(field) and not _is_field(constant):
            return lambda event: _holds(event.get(field), constant)
        case [str(field), "in", list(constants)] if _is_field(field):
            return lambda event: event.get(field) in constants
    raise ConditionNotUnderstood(str(token))


def truthy(value: Value) -> bool:
    """Return whether Logstash takes a value as true: not if it is missing,
    null, false, "" or "false"."""
    if isinstance(value, bool):
        return value
    return value is not None and value not in ("", "false")


def _matches(field: str, pattern: str) -> Callable[[Event], bool]:
    compiled = expression(pattern)

    def matches(event: Event) -> bool:
        value = event.get(field)
        return isinstance(value, str) and compiled.search(value) is not None

    return matches


def _holds(value: Value, constant: str) -> bool:
    return isinstance(value, str | list) and constant in value


def _is_field(text: str) -> bool:
    return text.startswith("[") and text.endswith("]")
