"""Runbooks as pages: the rendering of Markdown, and the validity of each runbook."""

import re
from pathlib import Path

import pytest

from ui.runbooks import INDEX_NAME, render_runbooks

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
RENDERED = {name: page.decode() for name, page in render_runbooks(RUNBOOKS, "0123").items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def rendered(folder: Path, text: str, name: str = "Alert") -> str:
    (folder / f"{name}.md").write_text(text)
    return render_runbooks(folder, "0123")[f"{name}.html"].decode()


def test_a_table_is_in_a_box_that_scrolls_with_the_keyboard(folder: Path) -> None:
    page = rendered(folder, "| to | do |\n|---|---|\n| read | `a \\| b` |\n\nAfter.\n")
    assert '<div class="article-scroll" tabindex="0"><table>' in page
    assert "<td><code>a | b</code></td>" in page
    assert re.search(r"</table>\s*</div>\s*<p>After.</p>", page)


@pytest.mark.parametrize("text", ["    a <b> && c\n", "```sh\na <b> && c\n```\n"])
def test_code_is_escaped_and_scrolls_with_the_keyboard(folder: Path, text: str) -> None:
    page = rendered(folder, text)
    assert '<pre tabindex="0"><code>a &lt;b&gt; &amp;&amp; c\n</code></pre>' in page


def test_links_lead_to_the_written_addresses(folder: Path) -> None:
    assert '<a href="Other.md">there</a>' in rendered(folder, "[there](Other.md)")


def test_html_is_escaped(folder: Path) -> None:
    page = rendered(
        folder, "# A\n\n<script>alert(1)</script>\n\nor <b onclick=x>\n\n[x](javascript:x)"
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b onclick=x&gt;" in page
    for element in ("<script", "<b ", 'href="javascript'):
        assert element not in page


def test_a_runbook_uses_the_styles_of_the_release_and_no_script(folder: Path) -> None:
    page = rendered(folder, "# Alert")
    assert '<link rel="stylesheet" href="/static/0123/css/app.css">' in page
    assert 'data-theme="auto"' in page
    assert "<script" not in page


def test_the_index_is_marked_in_the_menu_and_runbooks_link_back(folder: Path) -> None:
    menu = re.compile(r'<a href="/runbooks/"\s*(aria-current="page")?>Runbooks</a>')
    current = {}
    for name in (INDEX_NAME, "Alert"):
        found = menu.search(rendered(folder, "# A", name))
        assert found, name
        current[name] = bool(found[1])
    assert current == {INDEX_NAME: True, "Alert": False}


def test_only_markdown_files_become_pages(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / "Empty.md").touch()
    assert list(render_runbooks(folder, "0123")) == ["Empty.html"]


def test_every_runbook_is_a_page() -> None:
    assert set(RENDERED) == {f"{path.stem}.html" for path in RUNBOOKS.glob("*.md")}
    assert f"{INDEX_NAME}.html" in RENDERED


def test_a_page_has_a_title_one_heading_and_its_landmarks(subtests: pytest.Subtests) -> None:
    for name, page in RENDERED.items():
        with subtests.test(name):
            heading = "Runbooks" if name == f"{INDEX_NAME}.html" else name.removesuffix(".html")
            assert re.findall(r"<h1>(.*)</h1>", page) == [heading]
            assert f"<title>{heading} · Transcendence</title>" in page
            for landmark in ("<header", "<nav", '<main id="main"', "<article", 'href="#main"'):
                assert page.count(landmark) == 1


def test_links_of_a_page_lead_to_existing_pages(subtests: pytest.Subtests) -> None:
    for name, page in RENDERED.items():
        with subtests.test(name):
            (article,) = re.findall(r"<article.*</article>", page, re.DOTALL)
            for target in re.findall(r'href="([^"]*)"', article):
                assert target.endswith(".md"), target
                assert target.replace(".md", ".html") in RENDERED, target
