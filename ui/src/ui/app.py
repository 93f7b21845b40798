"""The application: pages over the backends, no database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from litestar import HttpMethod, Litestar, route
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.params import FromPath
from litestar.plugins import InitPlugin

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
from ui.play.routes import PLAY
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
    *PLAY,
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
    published_keys = JwksKeys(settings.auth_url)
    keys = keys or published_keys
    tokens = AccessTokens(keys, issuer=settings.token_issuer, audience=settings.token_audience)

    @asynccontextmanager
    async def open_clients(_: Litestar) -> AsyncGenerator[None, None]:
        async with auth_http, history_http:
            yield

    return create_service(
        "ui",
        settings,
        features=[*PAGES, nothing_here],
        keys=keys,
        dependencies={
            "auth": Provide(lambda: auth, sync_to_thread=False),
            "history": Provide(lambda: history, sync_to_thread=False),
        },
        lifespan=[open_clients, published_keys.lifespan],
        plugins=[
            _Pages(Assets.in_folder(settings.assets_dir), BrowserSessions(tokens, auth)),
        ],
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
async def nothing_here(path: FromPath[str]) -> None:
    """A route of its own, so that the page about a missing page knows who is looking."""
    raise NotFound(f"There is nothing at {path}.")


class _Pages(InitPlugin):
    def __init__(self, assets: Assets, sessions: BrowserSessions) -> None:
        self._assets = assets
        self._sessions = sessions

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.template_config = template_config(self._assets)
        app_config.middleware.append(self._sessions)
        return app_config
