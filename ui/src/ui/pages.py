"""Renders pages: a typed context, the layout around it, or only a named block of it if HTMX asks for one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments.litestar import HTMXBlockTemplate
from litestar import Request
from litestar.datastructures import State
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

from transcendence_common.identity import Player
from ui import formats, sides
from ui.assets import Assets, imported_modules_of
from ui.avatars import sprite_path
from ui.flash import Notice, take_notice
from ui.links import urls
from ui.session.cookies import THEMES, Theme, chosen_theme
from ui.session.state import session_of

TEMPLATES = Path(__file__).parent / "templates"

VERIFIED_ROLE = "player"
"""The role that auth gives to players with a verified email address."""
OPERATOR_ROLE = "admin"
"""The role that the gateway requires for the monitoring pages."""

PageRequest = Request[Player | None, str | None, State]
"""The type of requests that page handlers get."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page's context; available in templates as `page`. `parts` are the blocks that HTMX may ask for by id."""

    template: ClassVar[str]
    parts: ClassVar[tuple[str, ...]] = ()


class Shell(msgspec.Struct, frozen=True):
    """The layout's context around every page; available in templates as `shell`."""

    player: Player | None
    unsure: bool
    verified: bool
    """Whether the player's email address is verified."""
    operator: bool
    notice: Notice | None
    """A notice about what was just done, shown once."""
    theme: Theme
    themes: tuple[Theme, ...]
    path: str
    """Where a form of the layout leads back to: an address that can be loaded again."""
    here: str
    """The path of this answer, even if it answers a form; it selects the current menu entry."""
    htmx: bool
    """Whether the page has parts that HTMX may ask for."""


def render(
    request: Request[Any, Any, Any],
    page: Page,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Template:
    """Render the page, or only the block that HTMX names as its target."""
    part = requested_part(request, page.parts)
    # A single block does not show a notice: it is kept for the next page.
    notice = take_notice(request) if part is None else None
    return HTMXBlockTemplate(
        page.template,
        block_name=part,
        context={"page": page, "shell": _shell(request, page, notice)},
        status_code=status,
        media_type="text/html",
        headers={**_cache_headers(request, notice), **(headers or {})},
    )


def requested_part(request: Request[Any, Any, Any], parts: tuple[str, ...]) -> str | None:
    """Return the part of a page that HTMX asks for, or None for the whole page."""
    # htmx requests the page itself when it restores history; a single block would replace the document.
    if "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers:
        return None
    # htmx 4 names its target as `tag#id`.
    _, _, target = request.headers.get("HX-Target", "").partition("#")
    part = target.replace("-", "_")
    return part if part in parts else None


def template_environment(assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "asset": assets,
        "imported_modules_of": imported_modules_of,
        "urls": urls,
    }
    environment.filters |= {
        "clock": formats.clock,
        "date": formats.date,
        "day": formats.day,
        "duration": formats.duration,
        "grouped": formats.grouped,
        "iso": formats.iso,
        "opponent_side": sides.opponent_side,
        "ordinal": formats.ordinal,
        "own_side": sides.own_side,
        "rating": formats.rating,
        "shown_rating_change": sides.shown_rating_change,
        "signed": formats.signed,
        "sprite_path": sprite_path,
        "time": formats.time,
    }
    environment.globals |= _component_macros(environment)
    return environment


def _component_macros(environment: Environment) -> dict[str, Any]:
    """Return the macros of `components/`, which every template can use without an import."""
    return {
        name: macro
        for path in sorted((TEMPLATES / "components").glob("*.html"))
        for name, macro in vars(environment.get_template(f"components/{path.name}").module).items()
        if not name.startswith("_")
    }


def template_config(assets: Assets) -> TemplateConfig[JinjaTemplateEngine]:
    engine = JinjaTemplateEngine.from_environment(template_environment(assets))
    return TemplateConfig(instance=engine)


def path_and_query(request: Request[Any, Any, Any]) -> str:
    """Return the path and query of a request, to return to."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.url.path}?{query}" if query else request.url.path


def _shell(request: Request[Any, Any, Any], page: Page, notice: Notice | None) -> Shell:
    session = session_of(request)
    return Shell(
        player=session.player,
        unsure=session.unsure,
        verified=session.player is None or VERIFIED_ROLE in session.player.roles,
        operator=session.player is not None and OPERATOR_ROLE in session.player.roles,
        notice=notice,
        theme=chosen_theme(request.cookies),
        themes=THEMES,
        path=path_and_query(request) if request.method == "GET" else urls.landing,
        here=request.url.path,
        htmx=bool(page.parts),
    )


def _cache_headers(request: Request[Any, Any, Any], notice: Notice | None) -> dict[str, str]:
    session = session_of(request)
    personal = session.player is not None or session.unsure or notice is not None
    return {
        "Cache-Control": "no-store" if personal else "no-cache, private",
        "Vary": "Cookie, HX-Request, HX-Target",
    }
