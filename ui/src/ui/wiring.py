"""Creates the objects of ui and connects them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from litestar import Litestar

from transcendence_common.http_client import service_client
from ui.clients.auth import AuthClient
from ui.clients.games import GamesClient
from ui.clients.history import HistoryClient
from ui.clients.public_lists import REUSED_SECONDS, PublicLists
from ui.clients.streams import GameStreamsClient, StreamsClient, make_streams_client
from ui.clients.tournaments import TournamentsClient
from ui.live import StreamRelay
from ui.session.visitor import with_visitor_headers
from ui.settings import UiSettings


@dataclass(frozen=True, kw_only=True)
class Connections:
    """Connection pools to each service, with separate ones for event streams."""

    auth: httpx.AsyncClient
    auth_streams: httpx.AsyncClient
    history: httpx.AsyncClient
    tournament: httpx.AsyncClient
    tournament_streams: httpx.AsyncClient

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        async with (
            self.auth,
            self.auth_streams,
            self.history,
            self.tournament,
            self.tournament_streams,
        ):
            yield


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The objects that live as long as the application; handlers can depend on each by its name."""

    auth: AuthClient
    game_streams: GameStreamsClient
    games: GamesClient
    history: HistoryClient
    public_lists: PublicLists
    relay: StreamRelay
    streams: StreamsClient
    tournaments: TournamentsClient


def connections_of(settings: UiSettings) -> Connections:
    return Connections(
        auth=service_client(settings.auth_url),
        auth_streams=make_streams_client(settings.auth_url),
        history=service_client(settings.history_url),
        tournament=service_client(settings.tournament_url),
        tournament_streams=make_streams_client(settings.tournament_url),
    )


def assemble(connections: Connections, *, lists_reused_seconds: float = REUSED_SECONDS) -> Wiring:
    games = GamesClient("tournament", connections.tournament)
    history = HistoryClient("history", connections.history)
    tournaments = TournamentsClient("tournament", connections.tournament)
    return Wiring(
        auth=AuthClient("auth", with_visitor_headers(connections.auth)),
        game_streams=GameStreamsClient("tournament", connections.tournament_streams),
        games=games,
        history=history,
        public_lists=PublicLists(games, history, tournaments, reused_seconds=lists_reused_seconds),
        relay=StreamRelay(),
        streams=StreamsClient("auth", with_visitor_headers(connections.auth_streams)),
        tournaments=tournaments,
    )
