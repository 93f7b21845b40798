"""Alice, her browser, and the services behind the pages."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from litestar import Litestar

from contracts.auth.sessions import Tokens
from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.email_links import EmailLinks
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.relationships import Relationships
from tests.stand_ins.services import StandIns
from tests.stand_ins.sign_in_methods import Passkeys, Providers
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE

PASSWORD = "alice likes pong"
HOST = "pong.test"


@pytest.fixture(scope="session")
def built_stand_ins() -> StandIns:
    """The stand-ins, in the state in which the previous test left them."""
    return StandIns()


@pytest.fixture(scope="session")
def the_pages(built_stand_ins: StandIns) -> Litestar:
    """One application for all tests; a module that adds routes has its own."""
    return built_stand_ins.pages()


@pytest.fixture
def stand_ins(built_stand_ins: StandIns) -> Iterator[StandIns]:
    """The stand-ins in their initial state, with an account for Alice. A violation of
    a contract fails the test."""
    built_stand_ins.reset()
    built_stand_ins.auth.add_player("Alice", PASSWORD)
    yield built_stand_ins
    assert built_stand_ins.violations() == []


@pytest.fixture
def email_links(stand_ins: StandIns) -> EmailLinks:
    return stand_ins.letters


@pytest.fixture
def passkeys(stand_ins: StandIns) -> Passkeys:
    return stand_ins.passkeys


@pytest.fixture
def providers(stand_ins: StandIns) -> Providers:
    return stand_ins.providers


@pytest.fixture
def own_accounts(stand_ins: StandIns) -> OwnAccounts:
    return stand_ins.own_accounts


@pytest.fixture
def relationships(stand_ins: StandIns) -> Relationships:
    return stand_ins.relationships


@pytest.fixture
def auth(stand_ins: StandIns) -> StandInAuth:
    return stand_ins.auth


@pytest.fixture
def history(stand_ins: StandIns) -> StandInHistory:
    return stand_ins.history


@pytest.fixture
def tournaments(stand_ins: StandIns) -> StandInTournaments:
    return stand_ins.tournaments


@pytest.fixture
def pairings(stand_ins: StandIns) -> StandInPairings:
    return stand_ins.pairings


@pytest.fixture
def tournament(stand_ins: StandIns) -> StandInTournament:
    return stand_ins.tournament


@pytest.fixture
async def browser(
    the_pages: Litestar,
    stand_ins: StandIns,  # noqa: ARG001 - reset, though the test names none of them
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session, which stores cookies and does not follow redirects."""
    transport = httpx.ASGITransport(app=the_pages)  # type: ignore[arg-type]
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url=f"https://{HOST}", headers=headers
    ) as client:
        yield client


@pytest.fixture
def alice(browser: httpx.AsyncClient, auth: StandInAuth) -> httpx.AsyncClient:
    """Alice's signed-in browser."""
    _keep(browser, auth.sign_in("Alice"))
    return browser


@pytest.fixture
def alice_expired(browser: httpx.AsyncClient, auth: StandInAuth) -> httpx.AsyncClient:
    """Alice's browser after a pause: the access token has expired, the refresh token is valid."""
    _keep(browser, auth.sign_in("Alice", access_seconds=-1))
    return browser


@pytest.fixture
def alice_expiring(browser: httpx.AsyncClient, auth: StandInAuth) -> httpx.AsyncClient:
    """Alice's browser with an access token that is due for renewal but still valid."""
    _keep(browser, auth.sign_in("Alice", access_seconds=20))
    return browser


def _keep(client: httpx.AsyncClient, tokens: Tokens) -> None:
    client.cookies.set(ACCESS_COOKIE, tokens.access_token, domain=HOST, path="/")
    client.cookies.set(REFRESH_COOKIE, tokens.refresh_token, domain=HOST, path="/")
