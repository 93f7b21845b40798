"""Alice, her browser, and the services behind the pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.backstage import Backstage, Cast
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.letters import Letters
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.society import Society
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments
from tests.stand_ins.ways_in import Passkeys, Providers, confirmations, second_factors
from ui.app import create_app
from ui.clients.auth import Tokens
from ui.session.cookies import ACCESS, REFRESH
from ui.settings import UiSettings

PASSWORD = "alice likes pong"
HOST = "pong.test"


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def passkeys() -> Passkeys:
    return Passkeys()


@pytest.fixture
def providers() -> Providers:
    return Providers()


@pytest.fixture
def own_accounts() -> OwnAccounts:
    return OwnAccounts()


@pytest.fixture
def society(own_accounts: OwnAccounts) -> Society:
    return Society(own_accounts)


@pytest.fixture
def auth(
    letters: Letters,
    passkeys: Passkeys,
    providers: Providers,
    own_accounts: OwnAccounts,
    society: Society,
) -> StandInAuth:
    features = (second_factors, confirmations, letters, passkeys, providers, own_accounts, society)
    stand_in = StandInAuth(*features)
    stand_in.add_player("Alice", PASSWORD)
    return stand_in


@pytest.fixture
def history() -> StandInHistory:
    return StandInHistory()


@pytest.fixture
def tournaments(auth: StandInAuth) -> StandInTournaments:
    return StandInTournaments(auth)


@pytest.fixture
def pairings(tournaments: StandInTournaments) -> StandInPairings:
    return StandInPairings(tournaments)


@pytest.fixture
def tournament(
    auth: StandInAuth, tournaments: StandInTournaments, pairings: StandInPairings
) -> StandInTournament:
    return StandInTournament(auth, features=(tournaments, pairings))


@pytest.fixture(scope="session")
def backstage() -> Backstage:
    return Backstage()


@pytest.fixture
def app(auth: StandInAuth, history: StandInHistory, tournament: StandInTournament) -> Litestar:
    """An application of its own, for tests that change it."""
    return create_app(
        UiSettings(environment="test"),
        auth_http=auth.switch.client(),
        streams_http=auth.switch.client(),
        history_http=history.switch.client(),
        games_http=tournament.switch.client(),
        game_streams_http=tournament.switch.client(),
        keys=auth,
    )


@pytest.fixture
def the_pages(
    request: pytest.FixtureRequest,
    backstage: Backstage,
    auth: StandInAuth,
    history: StandInHistory,
    tournament: StandInTournament,
) -> Litestar:
    """One application for all tests: putting it together takes longer than most of them."""
    if "app" in request.fixturenames:
        own: Litestar = request.getfixturevalue("app")
        return own
    backstage.cast = Cast(auth, history, tournament)
    return backstage.app


@pytest.fixture
async def browser(the_pages: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A browser nobody has signed in with; it keeps cookies and follows nothing by itself."""
    transport = httpx.ASGITransport(app=the_pages)  # type: ignore[arg-type]
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url=f"https://{HOST}", headers=headers
    ) as client:
        yield client


@pytest.fixture
def alice(browser: httpx.AsyncClient, auth: StandInAuth) -> httpx.AsyncClient:
    """Alice's browser, signed in."""
    _keep(browser, auth.sign_in("Alice"))
    return browser


@pytest.fixture
def alice_expired(browser: httpx.AsyncClient, auth: StandInAuth) -> httpx.AsyncClient:
    """Alice's browser after a pause: the access token is over, the refresh token is good."""
    _keep(browser, auth.sign_in("Alice", access_seconds=-1))
    return browser


@pytest.fixture
def alice_expiring(browser: httpx.AsyncClient, auth: StandInAuth) -> httpx.AsyncClient:
    """Alice's browser with an access token that is due for renewal but still good."""
    _keep(browser, auth.sign_in("Alice", access_seconds=20))
    return browser


def _keep(client: httpx.AsyncClient, tokens: Tokens) -> None:
    client.cookies.set(ACCESS, tokens.access_token, domain=HOST, path="/")
    client.cookies.set(REFRESH, tokens.refresh_token, domain=HOST, path="/")
