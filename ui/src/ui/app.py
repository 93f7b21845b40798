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
from ui.account_settings.routes import ACCOUNT_SETTINGS
from ui.accounts.confirmation import CONFIRMATION
from ui.accounts.letters import LETTERS
from ui.accounts.passkeys import PASSKEY_SIGN_IN
from ui.accounts.providers import PROVIDERS
from ui.accounts.resets import RESETS
from ui.accounts.routes import ACCOUNTS
from ui.accounts.second_factor import SECOND_FACTOR
from ui.assets import Assets
from ui.clients.auth import AuthClient
from ui.clients.friends import FriendsClient
from ui.clients.games import GamesClient
from ui.clients.history import HistoryClient
from ui.clients.letters import LettersClient
from ui.clients.profiles import ProfilesClient
from ui.clients.settings import SettingsClient
from ui.clients.streams import GameStreamsClient, StreamsClient, streams_client
from ui.clients.tournaments import TournamentsClient
from ui.clients.ways_in import WaysInClient
from ui.error_pages import PageErrors
from ui.friends.routes import FRIENDS
from ui.landing import show_landing
from ui.leaderboard import show_leaderboard
from ui.live import Relay, listen
from ui.lobby import show_lobby
from ui.matches.routes import give_replay, show_history, show_match
from ui.online.routes import ONLINE
from ui.pages import template_config
from ui.pairings.routes import PAIRINGS
from ui.play.routes import PLAY
from ui.players.routes import PLAYERS
from ui.session.middleware import BrowserSessions
from ui.session.renewal import keep_session
from ui.session.visitor import introducing_visitors
from ui.settings import UiSettings
from ui.theme import choose_theme
from ui.tournaments.routes import TOURNAMENTS
from ui.watch.routes import WATCH

PAGES = [
    show_landing,
    *ACCOUNTS,
    *SECOND_FACTOR,
    *PASSKEY_SIGN_IN,
    *PROVIDERS,
    *LETTERS,
    *RESETS,
    *CONFIRMATION,
    keep_session,
    choose_theme,
    show_lobby,
    show_history,
    show_match,
    give_replay,
    *PLAY,
    *ONLINE,
    *WATCH,
    *TOURNAMENTS,
    *PAIRINGS,
    show_leaderboard,
    *PLAYERS,
    *FRIENDS,
    *ACCOUNT_SETTINGS,
    listen,
]


def create_app(
    settings: UiSettings | None = None,
    *,
    auth_http: httpx.AsyncClient | None = None,
    streams_http: httpx.AsyncClient | None = None,
    history_http: httpx.AsyncClient | None = None,
    games_http: httpx.AsyncClient | None = None,
    game_streams_http: httpx.AsyncClient | None = None,
    keys: KeySource | None = None,
) -> Litestar:
    """Return the application; a test hands in clients that end at stand-ins for the services."""
    settings = settings or UiSettings.load()
    auth_http = introducing_visitors(auth_http or service_client(settings.auth_url))
    streams_http = introducing_visitors(streams_http or streams_client(settings.auth_url))
    history_http = history_http or service_client(settings.history_url)
    games_http = games_http or service_client(settings.tournament_url)
    game_streams_http = game_streams_http or streams_client(settings.tournament_url)
    auth = AuthClient("auth", auth_http)
    letters = LettersClient("auth", auth_http)
    ways_in = WaysInClient("auth", auth_http)
    profiles = ProfilesClient("auth", auth_http)
    friends = FriendsClient("auth", auth_http)
    account_settings = SettingsClient("auth", auth_http)
    streams = StreamsClient("auth", streams_http)
    relay = Relay()
    game_streams = GameStreamsClient("tournament", game_streams_http)
    history = HistoryClient("history", history_http)
    games = GamesClient("tournament", games_http)
    tournaments = TournamentsClient("tournament", games_http)
    published_keys = JwksKeys(settings.auth_url)
    keys = keys or published_keys
    tokens = AccessTokens(keys, issuer=settings.token_issuer, audience=settings.token_audience)

    @asynccontextmanager
    async def open_clients(_: Litestar) -> AsyncGenerator[None, None]:
        async with auth_http, streams_http, history_http, games_http, game_streams_http:
            yield

    return create_service(
        "ui",
        settings,
        features=[*PAGES, nothing_here],
        keys=keys,
        dependencies={
            "account_settings": Provide(lambda: account_settings, sync_to_thread=False),
            "auth": Provide(lambda: auth, sync_to_thread=False),
            "friends": Provide(lambda: friends, sync_to_thread=False),
            "game_streams": Provide(lambda: game_streams, sync_to_thread=False),
            "games": Provide(lambda: games, sync_to_thread=False),
            "history": Provide(lambda: history, sync_to_thread=False),
            "letters": Provide(lambda: letters, sync_to_thread=False),
            "profiles": Provide(lambda: profiles, sync_to_thread=False),
            "relay": Provide(lambda: relay, sync_to_thread=False),
            "streams": Provide(lambda: streams, sync_to_thread=False),
            "tournaments": Provide(lambda: tournaments, sync_to_thread=False),
            "ways_in": Provide(lambda: ways_in, sync_to_thread=False),
        },
        lifespan=[open_clients, published_keys.lifespan, relay.lifespan],
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
