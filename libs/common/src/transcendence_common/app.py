"""The application factory with everything that all services have in common."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.plugins import InitPlugin
from litestar.types import ControllerRouterHandler

from transcendence_common.body import BodyRequest
from transcendence_common.caller import provide_caller
from transcendence_common.clock import Clock, utc_now
from transcendence_common.cross_site import CrossSiteCheck
from transcendence_common.dependencies import resolve_in_sequence
from transcendence_common.health import ReadinessCheck, health_controller
from transcendence_common.identity import (
    AccessTokens,
    Authentication,
    KeySource,
    provide_player,
    provide_visitor,
)
from transcendence_common.logging import logging_config
from transcendence_common.metrics import MetricsController, metrics_middleware
from transcendence_common.openapi import openapi_config
from transcendence_common.problems import problem_details
from transcendence_common.request_log import RequestLog, store_problem_code
from transcendence_common.service_identity import ServiceTokens, internal_router
from transcendence_common.settings import Settings
from transcendence_common.websocket_refusals import WebSocketRefusals, store_raised_error

if TYPE_CHECKING:
    from advanced_alchemy.config import SQLAlchemyAsyncConfig

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]

MAX_BODY_BYTES = 1024 * 1024


def create_app(
    service: str,
    settings: Settings,
    *,
    features: Sequence[ControllerRouterHandler],
    keys: KeySource,
    internal: Sequence[ControllerRouterHandler] = (),
    api_path: str | None = None,
    database: "SQLAlchemyAsyncConfig | None" = None,
    checks: Mapping[str, ReadinessCheck] | None = None,
    wiring: object = None,
    dependencies: Mapping[str, Provide] | None = None,
    lifespan: Sequence[Lifespan] = (),
    plugins: Sequence[InitPlugin] = (),
    errors: InitPlugin | None = None,
    clock: Clock = utc_now,
    now: Clock = utc_now,
) -> Litestar:
    """Return a service's application.

    Args:
        service: its name in logs and metrics.
        settings: the environment.
        features: its own controllers, routers and handlers.
        keys: the source of the public keys of tokens.
        internal: handlers for other services, under `/internal`: they require a service token and are not in the
            OpenAPI document.
        api_path: prefix of its API, such as `/api/user`; its OpenAPI document is at `<api_path>/schema`.
        database: its database, from `transcendence_common.database`.
        checks: further readiness checks, by name.
        wiring: an object whose attributes become dependencies of their names.
        dependencies: further dependencies beside `player`, `visitor`, `caller`, `now` and `db_session`.
        lifespan: what it opens at start and closes at the end.
        plugins: further Litestar plugins.
        errors: the plugin that answers exceptions; by default with problem details.
        clock: the time with which access tokens are compared.
        now: the time that handlers get as `now`, and in `db_session`. Tests change it while access tokens stay valid.
    """
    added = _DatabaseAdditions() if database is None else _database_additions(database)
    tokens = AccessTokens(
        keys, issuer=settings.token_issuer, audience=settings.token_audience, clock=clock
    )
    service_tokens = ServiceTokens(keys, issuer=settings.token_issuer, audience=service)
    app = Litestar(
        route_handlers=[
            health_controller({**added.checks, **(checks or {})}),
            MetricsController,
            internal_router(internal, service_tokens),
            *features,
        ],
        # From the outside in: authentication comes last.
        middleware=[
            metrics_middleware(service),
            CrossSiteCheck(),
            DefineMiddleware(Authentication, tokens=tokens),
        ],
        plugins=[
            errors or problem_details(),
            *plugins,
        ],
        dependencies={
            "caller": Provide(provide_caller, sync_to_thread=False),
            "now": Provide(now, sync_to_thread=False),
            "player": Provide(provide_player, sync_to_thread=False),
            "visitor": Provide(provide_visitor, sync_to_thread=False),
            **added.dependencies,
            **_provide_attributes(wiring),
            **(dependencies or {}),
        },
        lifespan=list(lifespan),
        after_exception=[store_raised_error, store_problem_code],
        logging_config=logging_config(service, settings),
        openapi_config=openapi_config(service, api_path) if api_path else None,
        request_class=BodyRequest,
        request_max_body_size=MAX_BODY_BYTES,
        debug=False,
    )
    resolve_in_sequence(app)
    # Outermost, so that the log has every answer, also to unknown routes.
    app.asgi_handler = RequestLog(WebSocketRefusals(app.asgi_handler))
    return app


def _provide_attributes(wiring: object) -> dict[str, Provide]:
    if wiring is None:
        return {}
    return {name: _provide_value(value) for name, value in vars(wiring).items()}


def _provide_value(value: object) -> Provide:
    def provide() -> object:
        return value

    return Provide(provide, sync_to_thread=False)


@dataclass(frozen=True)
class _DatabaseAdditions:
    """The parts of an application that need a database."""

    checks: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    dependencies: Mapping[str, Provide] = field(default_factory=dict)


def _database_additions(config: "SQLAlchemyAsyncConfig") -> _DatabaseAdditions:
    # Imported here: it is half of what an application imports, and ui has no database.
    from transcendence_common.database import (  # noqa: PLC0415
        readiness_check,
        session_dependency,
    )

    return _DatabaseAdditions(
        {"database": readiness_check(config)},
        {"db_session": session_dependency(config)},
    )
