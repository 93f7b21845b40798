"""Every template compiles, uses only values that its page has, and obeys
the content security policy."""

import re
from collections.abc import Iterator
from functools import cache

import httpx
import pytest
from jinja2 import meta, nodes

from tests.stand_ins.history import StandInHistory
from ui.app import ROUTES
from ui.assets import Assets
from ui.pages import TEMPLATES, Page, Shell, template_environment

ENVIRONMENT = template_environment(Assets("test"))
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
ALICE = {"username": "Alice", "password": "alice likes pong"}
GIVEN = {"page", "shell", "urls", "asset"}
ADDRESSES = [
    "/",
    "/sign-in",
    "/sign-in/with/github/return",
    "/register",
    "/verify",
    "/verify?token=x",
    "/confirm-email?token=x",
    "/forgot",
    "/forgot/sent",
    "/reset?token=x",
    "/confirm",
    "/lobby",
    "/matches",
    "/nothing",
    "/play/computer",
    "/settings",
    "/settings/account",
    "/settings/security",
    "/settings/sessions",
    "/settings/sign-in",
    "/settings/privacy",
    "/online",
    "/watch",
    "/watch/018f0000-0000-7000-8000-000000000000",
    "/invitations/018f0000-0000-7000-8000-000000000000",
    "/tournaments",
    "/tournaments?show=mine",
    "/tournaments/new",
    "/tournaments/hotseat/new",
    "/leaderboard",
    "/friends",
    "/players",
    "/players/Alice",
]
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "inline style": re.compile(r"<style|\sstyle="),
    "handler": re.compile(r"\son[a-z]+=|hx-on|javascript:|[\"']js:"),
    "other host": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//"),
}


def pages() -> list[type[Page]]:
    assert ROUTES, "importing the application defines every page"
    found: list[type[Page]] = []
    todo: list[type[Page]] = [Page]
    while todo:
        kinds = todo.pop().__subclasses__()
        todo += kinds
        found += [kind for kind in kinds if "template" in vars(kind)]
    return found


@cache
def parsed(name: str) -> nodes.Template:
    assert ENVIRONMENT.loader
    source, _, _ = ENVIRONMENT.loader.get_source(ENVIRONMENT, name)
    return ENVIRONMENT.parse(source)


def with_everything_it_pulls_in(name: str) -> Iterator[nodes.Template]:
    tree = parsed(name)
    yield tree
    for other in meta.find_referenced_templates(tree):
        assert other, f"{name} pulls in something that only a run can tell"
        yield from with_everything_it_pulls_in(other)


def attributes(name: str, of: str) -> set[str]:
    return {
        found.attr
        for tree in with_everything_it_pulls_in(name)
        for found in tree.find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == of
    }


def test_a_template_compiles_and_uses_known_names_only(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            ENVIRONMENT.get_template(name)
            asked = meta.find_undeclared_variables(parsed(name))
            unknown = asked - GIVEN - set(ENVIRONMENT.globals)
            assert unknown == set()


def test_a_page_has_all_values_of_its_template(subtests: pytest.Subtests) -> None:
    for page in pages():
        with subtests.test(page.__name__):
            assert attributes(page.template, "page") <= set(page.__struct_fields__)
            assert attributes(page.template, "shell") <= set(Shell.__struct_fields__)


def test_a_template_uses_all_values_of_its_page(subtests: pytest.Subtests) -> None:
    """An unused field would be a useless request to a backend."""
    for page in pages():
        with subtests.test(page.__name__):
            assert set(page.__struct_fields__) <= attributes(page.template, "page")


def test_parts_for_htmx_are_blocks_with_their_id_on_the_page(
    subtests: pytest.Subtests,
) -> None:
    for page in pages():
        template = ENVIRONMENT.get_template(page.template)
        source = (TEMPLATES / page.template).read_text()
        for part in page.parts:
            with subtests.test(page.__name__, part=part):
                assert part in template.blocks
                assert f'"{part.replace("_", "-")}"' in source


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_a_template_obeys_the_content_security_policy(kind: str, subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            found = FORBIDDEN[kind].search((TEMPLATES / name).read_text())
            assert not found, found


def test_links_and_asset_paths_come_from_their_two_objects(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            text = (TEMPLATES / name).read_text()
            written_out = re.findall(r"(?:href|src|action|hx-get)=\"([^\"{#][^\"]*)\"", text)
            assert written_out == []


@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_page_has_a_language_a_title_one_heading_and_its_landmarks(
    browser: httpx.AsyncClient,
    history: StandInHistory,
    subtests: pytest.Subtests,
    signed_in: bool,
) -> None:
    history.add_match()
    if signed_in:
        await browser.post("/sign-in", data=ALICE)
    for address in ADDRESSES:
        with subtests.test(address):
            answer = await browser.get(address, follow_redirects=True)
            check_landmarks(answer.text)


def check_landmarks(text: str) -> None:
    assert '<html lang="en"' in text
    assert re.search(r"<title>\S.* · Transcendence</title>", text)
    assert len(re.findall(r"<h1\b", text)) == 1
    # Only the page's own header is a landmark, not one inside an article.
    for landmark in ('<header class="site-header"', '<main id="main"', "<footer", 'href="#main"'):
        assert text.count(landmark) == 1
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    labelled = set(re.findall(r'<label\b[^>]*\sfor="([^"]+)"', text))
    fields = set(re.findall(r'<input\s+id="([^"]+)"', text))
    assert fields <= labelled
