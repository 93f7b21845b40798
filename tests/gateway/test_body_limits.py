"""The gateway and the application behind it limit the body of each route to the same size."""

import re
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from pydantic import SecretStr

import auth.app
import history.app
import tournament.app
import ui.app
from auth.settings import AuthSettings
from history.settings import HistorySettings
from tests.gateway.nginx import Gateway
from tests.gateway.tokens import SigningKey
from tournament.settings import TournamentSettings
from transcendence_common.app import MAX_BODY_BYTES
from ui.settings import UiSettings

DATABASE = SecretStr("postgresql://nobody:none@127.0.0.1:1/none")
SECRET = SecretStr("only-for-tests-0123456789abcdefghij")
NEVER_ROUTED = "/internal/"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
PARAMETER = re.compile(r"\{[^}]*\}")
NIL = "00000000-0000-7000-8000-000000000000"


def applications() -> Iterator[Litestar]:
    yield auth.app.create_app(
        AuthSettings(
            environment="test",
            auth_database_url=DATABASE,
            auth_encryption_key=SecretStr(Fernet.generate_key().decode()),
            auth_refresh_secret=SECRET,
            tournament_service_secret=SECRET,
        )
    )
    yield history.app.create_app(
        HistorySettings(
            environment="test", history_database_url=DATABASE, history_ticket_secret=SECRET
        )
    )
    yield tournament.app.create_app(
        TournamentSettings(
            environment="test", tournament_database_url=DATABASE, tournament_service_secret=SECRET
        )
    )
    yield ui.app.create_app(UiSettings(environment="test"))


def writes() -> dict[tuple[str, str], int]:
    """Return the body limit of each route that reads a body, by method and address.
    Unread bodies need no limit."""
    found: dict[tuple[str, str], int] = {}
    for app in applications():
        for route in app.routes:
            for handler in route.route_handlers if hasattr(route, "route_handlers") else ():
                if isinstance(handler, HTTPRouteHandler):
                    limit = handler.resolve_request_max_body_size()
                    assert limit is not None, f"{route.path} reads bodies of any size"
                    if route.path.startswith(NEVER_ROUTED) or not reads_a_body(handler):
                        continue
                    path = PARAMETER.sub(NIL, route.path)
                    found |= {
                        (str(method), path): limit for method in handler.http_methods & WRITES
                    }
    return found


def reads_a_body(handler: HTTPRouteHandler) -> bool:
    """Whether a handler reads a body: Litestar reads it for a parameter, or the handler reads it
    and declares its limit."""
    asks_for = handler.parsed_fn_signature.parameters.keys()
    own_limit = handler.resolve_request_max_body_size() != MAX_BODY_BYTES
    return bool(asks_for & {"data", "body"}) or own_limit


@pytest.fixture(scope="module")
def limits() -> dict[tuple[str, str], int]:
    return writes()


def test_routes_with_special_limits_have_them(limits: dict[tuple[str, str], int]) -> None:
    assert limits["POST", "/api/history/matches"] == 640 * 1024
    assert limits["POST", "/api/user/login"] == limits["POST", "/sign-in"] == 16 * 1024
    assert limits["PUT", "/api/user/profile/avatar"] == 5 * 1024 * 1024
    assert limits["POST", "/play/matches"] == MAX_BODY_BYTES


def test_the_gateway_accepts_bodies_up_to_the_applications_limit(
    gateway: Gateway,
    key: SigningKey,
    limits: dict[tuple[str, str], int],
    subtests: pytest.Subtests,
) -> None:
    headers = {"Authorization": f"Bearer {key.token()}"}
    for (method, path), limit in limits.items():
        with subtests.test(f"{method} {path}"), gateway.client() as client:
            for address in {path, path.rstrip("/") + "/"} if path.startswith("/api/") else {path}:
                largest = client.request(method, address, headers=headers, content=b"x" * limit)
                assert largest.status_code == 200
                larger = client.request(
                    method, address, headers=headers, content=b"x" * (limit + 1)
                )
                assert larger.status_code == 413
