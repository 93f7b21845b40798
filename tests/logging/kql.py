"""A parser for the part of Kibana's query language that our queries use, and
its evaluation on documents."""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Values = Callable[[str], Sequence[object]]
"""The values of a document's field, by its name."""
Test = Callable[[Values], bool]


class NotKql(ValueError):
    """Kibana would reject the query or interpret it differently."""


class Clause(NamedTuple):
    field: str
    comparison: str
    value: str
    quoted: bool = False

    @property
    def is_pattern(self) -> bool:
        return not self.quoted and "*" in self.value.replace(r"\*", "")

    def holds(self, values: Values) -> bool:
        return any(self._fits(each) for each in values(self.field))

    def _fits(self, value: object) -> bool:
        if self.comparison != ":":
            return isinstance(value, int | float) and _COMPARED[self.comparison](
                value, float(self.value)
            )
        if not self.is_pattern:
            return str(value) == self.value
        pattern = ".*".join(re.escape(part) for part in self.value.split("*"))
        return re.fullmatch(pattern, str(value), re.DOTALL) is not None


class Question(NamedTuple):
    clauses: Sequence[Clause]
    holds: Test


def question(query: str) -> Question:
    """Parse a query. Raises NotKql."""
    if not query:
        return Question([], lambda _: True)
    reader = _Reader(list(_tokens(query)))
    holds = reader.either()
    reader.expect_end()
    return Question(reader.found, holds)


def clauses(query: str) -> list[Clause]:
    """Return the comparisons of a query. Raises NotKql."""
    return list(question(query).clauses)


class _Token(NamedTuple):
    kind: str
    text: str


_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<quoted>"(?:\\.|[^"\\])*")
      | (?P<sign><=|>=|[<>:()])
      | (?P<word>(?:\\[\\():<>"*{}]|[^\\\s():<>"{}])+)""",
    re.VERBOSE,
)
_KEYWORDS = {"and", "or", "not"}
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _any(tests: Sequence[Test]) -> Test:
    return lambda values: any(test(values) for test in tests)


def _tokens(query: str) -> Iterator[_Token]:
    position = 0
    while position < len(query):
        found = _TOKEN.match(query, position)
        if found is None or found.lastgroup is None:
            raise NotKql(f"{query!r} at {position}")
        position = found.end()
        if found.lastgroup == "space":
            continue
        text = found[0]
        is_keyword = found.lastgroup == "word" and text.lower() in _KEYWORDS
        yield _Token("keyword" if is_keyword else found.lastgroup, text)


@dataclass
class _Reader:
    tokens: list[_Token]
    position: int = 0
    found: list[Clause] = field(default_factory=list)

    def either(self) -> Test:
        tests = [self.both()]
        while self._took("keyword", "or"):
            tests.append(self.both())
        return _any(tests)

    def both(self) -> Test:
        tests = [self.negated()]
        while self._took("keyword", "and"):
            tests.append(self.negated())
        return lambda values: all(test(values) for test in tests)

    def negated(self) -> Test:
        if self._took("keyword", "not"):
            test = self.grouped()
            return lambda values: not test(values)
        return self.grouped()

    def grouped(self) -> Test:
        if not self._took("sign", "("):
            return self.asked()
        test = self.either()
        self._need("sign", ")")
        return test

    def asked(self) -> Test:
        name = self._need("word").text
        comparison = self._need("sign").text
        if comparison == ":" and self._took("sign", "("):
            tests = [self._clause(name, comparison)]
            while not self._took("sign", ")"):
                self._need("keyword", "or")
                tests.append(self._clause(name, comparison))
            return _any(tests)
        if comparison == ":" or comparison in _COMPARED:
            return self._clause(name, comparison)
        raise NotKql(f"{name} {comparison}")

    def expect_end(self) -> None:
        if self.position != len(self.tokens):
            raise NotKql(f"left over: {self.tokens[self.position :]}")

    def _clause(self, name: str, comparison: str) -> Test:
        value = self._value()
        self.found.append(Clause(name, comparison, value.text.strip('"'), value.kind == "quoted"))
        return self.found[-1].holds

    def _value(self) -> _Token:
        return self._need("quoted") if self._is("quoted") else self._need("word")

    def _is(self, kind: str, text: str | None = None) -> bool:
        if self.position == len(self.tokens):
            return False
        token = self.tokens[self.position]
        return token.kind == kind and text in {None, token.text.lower()}

    def _took(self, kind: str, text: str | None = None) -> bool:
        taken = self._is(kind, text)
        self.position += taken
        return taken

    def _need(self, kind: str, text: str | None = None) -> _Token:
        if not self._is(kind, text):
            raise NotKql(f"{text or kind} is missing at {self.tokens[self.position :]}")
        self.position += 1
        return self.tokens[self.position - 1]
