"""The mail sink's application: pages of the messages, and the SMTP server that fills the mailbox."""

from contextlib import AbstractAsyncContextManager

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Litestar, Request
from litestar.datastructures import ResponseHeader, State
from litestar.di import Provide
from litestar.exceptions import PermissionDeniedException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig

from mail_sink.links import split_at_links
from mail_sink.mailbox import Mailbox
from mail_sink.pages import (
    list_messages,
    report_ready,
    serve_stylesheet,
    show_html,
    show_list,
    show_message,
    show_source,
)
from mail_sink.settings import Settings
from mail_sink.smtp import smtp_listener

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
# Links in emails give access to accounts, so a page must neither load from other hosts nor send them its address.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(settings: Settings, mailbox: Mailbox | None = None) -> Litestar:
    kept = Mailbox() if mailbox is None else mailbox

    def open_smtp(_: Litestar) -> AbstractAsyncContextManager[None]:
        return smtp_listener(kept, settings.host, settings.smtp_port)

    return Litestar(
        route_handlers=[
            show_list,
            list_messages,
            show_message,
            show_html,
            show_source,
            report_ready,
            serve_stylesheet,
        ],
        dependencies={"mailbox": Provide(lambda: kept, sync_to_thread=False)},
        lifespan=[open_smtp],
        before_request=refuse_other_names if settings.is_local else None,
        response_headers=[
            ResponseHeader(name=name, value=value) for name, value in HEADERS.items()
        ],
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(_templates())),
        openapi_config=None,
        # Standard output is for emails, and uvicorn reports errors.
        logging_config=None,
        debug=False,
    )


async def refuse_other_names(request: Request[object, object, State]) -> None:
    """Reject other host names: a page elsewhere could use one that leads here to read the emails (DNS rebinding)."""
    if request.url.hostname not in LOCAL_NAMES:
        raise PermissionDeniedException("this page is shown to this machine only")


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("mail_sink"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["split_at_links"] = split_at_links
    return environment
