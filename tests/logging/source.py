"""The log calls of all services, read from their source, to know their
values without running them."""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Final, Literal, get_args, get_origin

ROOT: Final = Path(__file__).parents[2]
EVERYWHERE: Final = "every service"
SOURCES: Final = {
    EVERYWHERE: (ROOT / "libs/common/src",),
    "auth": (ROOT / "services/auth/src",),
    "history": (ROOT / "services/history/src",),
    "tournament": (ROOT / "services/tournament/src", ROOT / "libs/pong/src"),
    "ui": (ROOT / "ui/src",),
}
LEVELS: Final = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotEnumerable(Exception):
    """The source does not determine the possible values."""


@dataclass(frozen=True)
class LogCall:
    """One call of a logger."""

    service: str
    path: Path
    line: int
    fields: Mapping[str, Sequence[ast.expr]]
    """All expressions that may be the value of a field, by its name."""
    function: Function | None

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    def values(self, field: str) -> set[str]:
        """Return all possible values of a field.

        Raises:
            NotEnumerable: it is neither constant nor made of parameters with enumerable types.
        """
        return {str(value) for node in self.fields[field] for value in _values(node, self)}

    def each_of(self, field: str) -> set[str]:
        """Return all possible elements of a field that is a list."""
        found: set[str] = set()
        for listed in self.fields[field]:
            assert isinstance(listed, ast.List), f"{self}: {field} is no list"
            found |= {str(value) for each in listed.elts for value in _values(each, self)}
        return found


@cache
def log_calls() -> list[LogCall]:
    """Return all log calls of the source."""
    return [
        call
        for service, roots in SOURCES.items()
        for root in roots
        for path in sorted(root.rglob("*.py"))
        for call in _calls_in(service, path)
    ]


def _calls_in(service: str, path: Path) -> Iterator[LogCall]:
    tree = ast.parse(path.read_text())
    for function, node in _with_function(tree, None):
        if isinstance(node, ast.Call) and _is_log_call(node, function):
            handed_on = list(_handed_on(node, function, tree))
            for caller, line, written in handed_on:
                yield LogCall(service, path, line, _fields([written]), caller)
            if not handed_on:
                yield LogCall(
                    service, path, node.lineno, _fields(_written_at(node, function)), function
                )


def _with_function(
    node: ast.AST, function: Function | None
) -> Iterator[tuple[Function | None, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, Function) else function
        yield inside, child
        yield from _with_function(child, inside)


def _is_log_call(call: ast.Call, function: Function | None) -> bool:
    """Whether a call is `logger.info(…)`, or `log(…)` with `log` assigned from such methods."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in LEVELS and _is_logger(call.func.value)
    if isinstance(call.func, ast.Name) and function is not None:
        return any(
            isinstance(part, ast.Attribute) and part.attr in LEVELS and _is_logger(part.value)
            for chosen in _assigned(call.func.id, function)
            for part in ast.walk(chosen)
        )
    return False


def _is_logger(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"logger", "_logger", "log"}


def _fields(dictionaries: Sequence[ast.Dict]) -> dict[str, list[ast.expr]]:
    found: defaultdict[str, list[ast.expr]] = defaultdict(list)
    for written in dictionaries:
        for key, value in zip(written.keys, written.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value].append(value)
    return dict(found)


def _written_at(call: ast.Call, function: Function | None) -> list[ast.Dict]:
    """Return the dictionaries that are given as `**{…}`, or as `**facts` with
    `facts` assigned in the function."""
    return [
        written
        for node in _spread_in(call)
        for written in ([node] if isinstance(node, ast.Dict) else _chosen(node, function))
        if isinstance(written, ast.Dict)
    ]


def _chosen(node: ast.expr, function: Function | None) -> list[ast.expr]:
    if isinstance(node, ast.Name) and function is not None:
        return _assigned(node.id, function)
    return []


def _spread_in(call: ast.Call) -> Iterator[ast.expr]:
    for keyword in call.keywords:
        if keyword.arg is None:
            yield keyword.value
            if isinstance(keyword.value, ast.Dict):
                pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
                yield from (value for key, value in pairs if key is None)


def _handed_on(
    call: ast.Call, function: Function | None, tree: ast.Module
) -> Iterator[tuple[Function | None, int, ast.Dict]]:
    """Yield the dictionaries that callers pass, if the function spreads
    a parameter into the line."""
    if function is None:
        return
    names = {node.id for node in _spread_in(call) if isinstance(node, ast.Name)}
    places = [place for place, argument in enumerate(function.args.args) if argument.arg in names]
    for caller, node in _with_function(tree, None):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == function.name
        ):
            for place in places:
                given = node.args[place] if place < len(node.args) else None
                if isinstance(given, ast.Dict):
                    yield caller, node.lineno, given


def _assigned(name: str, function: Function) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]


def _values(node: ast.expr, call: LogCall) -> set[object]:
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _values(node.body, call) | _values(node.orelse, call)
    if isinstance(node, ast.Name):
        return _values_of_name(node.id, call)
    namespace = dict(vars(_module_of(call)))
    names = sorted({part.id for part in ast.walk(node) if isinstance(part, ast.Name)})
    chosen = [name for name in names if name not in namespace]
    if not chosen:
        raise NotEnumerable(f"{call}: {ast.unparse(node)}")
    code = compile(ast.Expression(node), str(call.path), "eval")
    return {
        # The expression is from our own source and is evaluated with each
        # possible value of its parameters.
        eval(code, namespace | dict(zip(chosen, values, strict=True)))  # noqa: S307
        for values in product(*(_values_of_name(name, call) for name in chosen))
    }


def _values_of_name(name: str, call: LogCall) -> set[object]:
    if call.function is not None:
        assigned = _assigned(name, call.function)
        if assigned:
            return set().union(*(_values(each, call) for each in assigned))
        arguments = call.function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg == name and argument.annotation is not None:
                return _values_of_type(argument.annotation, call)
    raise NotEnumerable(f"{call}: {name} can be anything")


def _values_of_type(annotation: ast.expr, call: LogCall) -> set[object]:
    code = compile(ast.Expression(annotation), str(call.path), "eval")
    kind = eval(code, dict(vars(_module_of(call))))  # noqa: S307 - our own source
    if get_origin(kind) is Literal:
        return set(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {each.value for each in kind}
    raise NotEnumerable(f"{call}: {ast.unparse(annotation)} can be anything")


def _module_of(call: LogCall) -> ModuleType:
    root = next(root for root in SOURCES[call.service] if call.path.is_relative_to(root))
    return importlib.import_module(".".join(call.path.relative_to(root).with_suffix("").parts))
