"""Retired words of the glossary do not return in names, templates or documentation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
SOURCES = ("libs", "services", "ui", "gateway", "ops", "tools", "tests")
NOT_OURS = {"node_modules", ".venv", "__pycache__", "migrations", "dist"}
CODE_IN_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|https?://\S+", re.DOTALL)
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def retired_words() -> list[str]:
    rows = [line.split("|") for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    return [word.strip() for row in rows[1:] for word in row[4].split(",") if word.strip()]


RETIRED = frozenset(retired_words())


def files(*suffixes: str) -> Iterator[Path]:
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in suffixes and not NOT_OURS & set(path.parts):
                yield path


def retired_in(text: str) -> set[str]:
    """Return the retired words in a name or a text, in the singular or the plural."""
    words = {word.lower() for word in WORD.findall(text)}
    return {word for word in RETIRED if words & {word, f"{word}s"}}


def names_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr


def test_the_glossary_has_retired_words() -> None:
    assert {"deed", "steward", "arena"} <= RETIRED


@pytest.mark.parametrize(
    "name", ["list_deeds", "TournamentSteward", "ARENA", "the desk", "tell-summons"]
)
def test_a_retired_word_is_found_in_every_spelling(name: str) -> None:
    assert len(retired_in(name)) == 1


def test_no_file_name_contains_a_retired_word() -> None:
    found = [path for path in files(".py", ".html", ".js", ".css", ".md") if retired_in(path.stem)]
    assert found == []


def test_no_name_in_python_contains_a_retired_word() -> None:
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in files(".py")
        for name in names_in(path.read_text())
        if retired_in(name)
    }
    assert found == set()


def test_no_template_or_style_contains_a_retired_word() -> None:
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in files(".html", ".css")
        for word in retired_in(path.read_text())
    }
    assert found == set()


def test_no_page_of_documentation_contains_a_retired_word() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *files(".md")]
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in pages
        if path != GLOSSARY and path.name != "CHANGELOG.md"
        for word in retired_in(CODE_IN_PROSE.sub(" ", path.read_text()))
    }
    assert found == set()
