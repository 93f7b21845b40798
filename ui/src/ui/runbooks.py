"""Renders runbooks, written in Markdown, as pages without a session or a script."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from ui.assets import Assets
from ui.pages import Page, template_environment

INDEX_NAME: Final = "README"
"""File name of the runbook that lists the others."""


class RunbookPage(Page, frozen=True, kw_only=True):
    """A runbook's page, with the title that its browser tab shows."""

    template = "runbook.html"

    title: str
    is_index: bool
    body: Markup


def render_runbooks(folder: Path, release: str) -> dict[str, bytes]:
    """Return a page for each Markdown file of a folder, by file name, with the styles of the given release."""
    template = template_environment(Assets(release)).get_template(RunbookPage.template)
    return {
        f"{path.stem}.html": template.render(page=_render_page(path)).encode()
        for path in sorted(folder.glob("*.md"))
    }


def _render_page(path: Path) -> RunbookPage:
    is_index = path.stem == INDEX_NAME
    return RunbookPage(
        title="Runbooks" if is_index else path.stem,
        is_index=is_index,
        # Escaped by the parser, which does not allow HTML.
        body=Markup(_markdown_parser().render(path.read_text())),  # noqa: S704
    )


def _markdown_parser() -> MarkdownIt:
    options = {"html": False}
    return MarkdownIt("commonmark", options, renderer_cls=_Renderer).enable("table")


class _Renderer(RendererHTML):
    """Puts tables and code blocks into boxes that scroll, also by keyboard, if they are wider than a phone."""

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f'<div class="article-scroll" tabindex="0">{self.renderToken(tokens, idx, options, env)}'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f"{self.renderToken(tokens, idx, options, env)}</div>\n"

    def code_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        tokens[idx].attrSet("tabindex", "0")
        return super().code_block(tokens, idx, options, env)

    fence = code_block
