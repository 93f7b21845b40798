"""Reads what the documents for operators tell them to type and find in Kibana."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from markdown_it import MarkdownIt

from tests.logging.saved_objects import objects, panels

ROOT: Final = Path(__file__).parents[2]
RUNBOOKS: Final = ROOT / "docs/runbooks"
EVERYTHING: Final = "logs-*-transcendence"

QUERY: Final = re.compile(r"(not )?[a-z_.]+ (:|[<>]=?) ")
TO_BE_FILLED_IN: Final = re.compile(r'"([^"]*)…"')


class Search(NamedTuple):
    """A query and the streams that it searches; values that the operator
    fills in become wildcards."""

    view: str
    query: str


class Said(NamedTuple):
    """A piece of code, or a text in italics."""

    is_code: bool
    text: str


def questions() -> str:
    """Return the section of docs/logging.md about finding events."""
    text = (ROOT / "docs/logging.md").read_text()
    _, heading, rest = text.partition("\n## Find what happened\n")
    assert heading
    return rest.partition("\n## ")[0]


def in_kibana(runbook: Path) -> str:
    """Return the paragraphs of a runbook about Kibana."""
    paragraphs = runbook.read_text().split("\n\n")
    return "\n\n".join(each for each in paragraphs if each.startswith("Kibana: "))


def searches(text: str) -> Iterator[Search]:
    """Yield each query with the data view that was named last."""
    views = {each["attributes"]["name"]: each["attributes"]["title"] for each in _views()}
    view = EVERYTHING
    for said in _said(text):
        if said.is_code and QUERY.match(said.text):
            yield Search(view, TO_BE_FILLED_IN.sub(r"\1*", said.text))
        elif not said.is_code:
            view = views.get(said.text, view)


def names(text: str) -> set[str]:
    return {said.text for said in _said(text) if not said.is_code}


def names_in_kibana() -> set[str]:
    """Return the names of data views, dashboards, panels and saved searches."""
    titled = [*objects("dashboard"), *objects("search")]
    shown = [panel for each in objects("dashboard") for panel in panels(each)]
    lenses = [each for each in shown if each["type"] == "lens"]
    return {
        *(each["attributes"]["name"] for each in _views()),
        *(each["attributes"]["title"] for each in titled),
        *(each["embeddableConfig"]["attributes"]["title"] for each in lenses),
    }


def _views() -> list[dict[str, dict[str, str]]]:
    return objects("index-pattern")


def _said(text: str) -> Iterator[Said]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "code_block":
            yield Said(is_code=True, text=" ".join(token.content.split()))
        in_italics: list[str] = []
        for child in token.children or ():
            if child.type == "code_inline":
                yield Said(is_code=True, text=child.content)
            elif child.type == "em_close":
                yield Said(is_code=False, text="".join(in_italics))
            elif child.type == "em_open":
                in_italics = []
            else:
                # A line break has no content.
                in_italics.append(child.content or " ")
