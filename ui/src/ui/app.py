"""The ui application: renders pages from the services' data, without a database of its own."""

from litestar import HttpMethod, Litestar, route
from litestar.config.app import AppConfig
from litestar.params import FromPath
from litestar.plugins import InitPlugin

from transcendence_common.app import create_app as create_service
from transcendence_common.identity import AccessTokens, KeySource
from transcendence_common.jwks import JwksKeys
from transcendence_common.problems import NotFound
from ui.account_settings.routes import ACCOUNT_SETTINGS_ROUTES
from ui.accounts.confirmation import CONFIRMATION_ROUTES
from ui.accounts.email_links import EMAIL_LINK_ROUTES
from ui.accounts.passkeys import PASSKEY_SIGN_IN_ROUTES
from ui.accounts.providers import PROVIDER_ROUTES
from ui.accounts.resets import RESET_ROUTES
from ui.accounts.routes import ACCOUNT_ROUTES
from ui.accounts.second_factor import SECOND_FACTOR_ROUTES
from ui.assets import Assets
from ui.clients.public_lists import REUSED_SECONDS
from ui.error_pages import PageErrors
from ui.friends.routes import FRIENDS_ROUTES
from ui.landing import show_landing
from ui.leaderboard import show_leaderboard
from ui.live import stream_events
from ui.lobby import show_lobby
from ui.matches.routes import get_replay, show_history, show_match
from ui.online.routes import ONLINE_ROUTES
from ui.pages import template_config
from ui.pairings.routes import PAIRING_ROUTES
from ui.play.routes import PLAY_ROUTES
from ui.players.routes import PLAYER_ROUTES
from ui.session.middleware import BrowserSessions
from ui.session.renewal import renew_session_cookies
from ui.settings import UiSettings
from ui.theme import choose_theme
from ui.tournaments.routes import TOURNAMENT_ROUTES
from ui.watch.routes import WATCH_ROUTES
from ui.wiring import Connections, assemble, connections_of

ROUTES = [
    show_landing,
    *ACCOUNT_ROUTES,
    *SECOND_FACTOR_ROUTES,
    *PASSKEY_SIGN_IN_ROUTES,
    *PROVIDER_ROUTES,
    *EMAIL_LINK_ROUTES,
    *RESET_ROUTES,
    *CONFIRMATION_ROUTES,
    renew_session_cookies,
    choose_theme,
    show_lobby,
    show_history,
    show_match,
    get_replay,
    *PLAY_ROUTES,
    *ONLINE_ROUTES,
    *WATCH_ROUTES,
    *TOURNAMENT_ROUTES,
    *PAIRING_ROUTES,
    show_leaderboard,
    *PLAYER_ROUTES,
    *FRIENDS_ROUTES,
    *ACCOUNT_SETTINGS_ROUTES,
    stream_events,
]


def create_app(
    settings: UiSettings | None = None,
    *,
    connections: Connections | None = None,
    keys: KeySource | None = None,
    lists_reused_seconds: float = REUSED_SECONDS,
) -> Litestar:
    """Create the application. Tests pass connections to stand-ins for the services, and reuse no lists."""
    settings = settings or UiSettings.load()
    connections = connections or connections_of(settings)
    wiring = assemble(connections, lists_reused_seconds=lists_reused_seconds)
    published_keys = JwksKeys(settings.auth_url)
    keys = keys or published_keys
    tokens = AccessTokens(keys, issuer=settings.token_issuer, audience=settings.token_audience)
    return create_service(
        "ui",
        settings,
        features=[*ROUTES, unknown_path],
        keys=keys,
        wiring=wiring,
        lifespan=[connections.lifespan, published_keys.lifespan, wiring.relay.lifespan],
        plugins=[
            _PagesPlugin(
                Assets.in_folder(settings.assets_dir), BrowserSessions(tokens, wiring.auth)
            ),
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
async def unknown_path(path: FromPath[str]) -> None:
    """Handle unknown paths with a route, so that the error page shows the signed-in player."""
    raise NotFound(f"There’s no page at {path}.")


class _PagesPlugin(InitPlugin):
    def __init__(self, assets: Assets, sessions: BrowserSessions) -> None:
        self._assets = assets
        self._sessions = sessions

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.template_config = template_config(self._assets)
        app_config.middleware.append(self._sessions)
        return app_config
