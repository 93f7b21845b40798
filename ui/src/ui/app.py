"""The application: pages over the backends, no database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from litestar import HttpMethod, Litestar, Router, route
from litestar.di import Provide
from litestar.plugins import InitPlugin
from litestar.config.app import AppConfig
from litestar.plugins.htmx import HTMXPlugin
from transcendence_common.app import create_app as create_service
from transcendence_common.http_client import service_client
from transcendence_common.identity import AccessTokens, KeySource
from transcendence_common.jwks import JwksKeys
from transcendence_common.problems import NotFound

from ui.accounts.routes import register, show_register, show_sign_in, sign_in, sign_out
from ui.assets import Assets
from ui.clients.auth import AuthClient
from ui.clients.history import HistoryClient
from ui.error_pages import PageErrors
from ui.landing import show_landing
from ui.lobby import show_lobby
from ui.matches.routes import give_replay, show_history, show_match
from ui.pages import template_config
from ui.session.middleware import BrowserSessions
from ui.settings import UiSettings
from ui.theme import choose_theme

PAGES = [
    show_landing,
    show_register,
    register,
    show_sign_in,
    sign_in,
    sign_out,
    choose_theme,
    show_lobby,
    show_history,
    show_match,
    give_replay,
]


def create_app(
    settings: UiSettings | None = None,
    *,
    auth_http: httpx.AsyncClient | None = None,
    history_http: httpx.AsyncClient | None = None,
    keys: KeySource | None = None,
) -> Litestar:
    """Return the application; a test hands in clients that end at stand-ins for the services."""
    settings = settings or UiSettings.load()
    auth_http = auth_http or service_client(settings.auth_url)
    history_http = history_http or service_client(settings.history_url)
    auth = AuthClient("auth", auth_http)
    history = HistoryClient("history", history_http)
    keys = keys or JwksKeys(auth_http)
    tokens = AccessTokens(keys, issuer=settings.token_issuer, audience=settings.token_audience)

    @asynccontextmanager
    async def open_clients(_: Litestar) -> AsyncGenerator[None, None]:
        async with auth_http, history_http:
            yield

    return create_service(
        "ui",
        settings,
        # Inside of one router, so that every page, the missing one too, knows who is looking.
        features=[
            Router(
                "/",
                route_handlers=[*PAGES, nothing_here],
                middleware=[BrowserSessions(tokens, auth)],
            )
        ],
        keys=keys,
        dependencies={
            "auth": Provide(lambda: auth, sync_to_thread=False),
            "history": Provide(lambda: history, sync_to_thread=False),
        },
        lifespan=[open_clients],
        plugins=[HTMXPlugin(), _Templates(Assets.in_folder(settings.assets_dir))],
        errors=PageErrors(),
    )


@route(
    ["/{path:path}"],
    http_method=[
        HttpMethod.GET,
        HttpMethod.POST,
        HttpMethod.PUT,
        HttpMethod.PATCH,
        HttpMethod.DELETE,
    ],
)
async def nothing_here(path: str) -> None:
    raise NotFound(f"There is nothing at {path}.")


class _Templates(InitPlugin):
    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.template_config = template_config(self._assets)
        return app_config
