"""Health endpoints: /health/live, /health/ready, and /watchman/ for probes that read django-watchman's form."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import msgspec
import structlog
from litestar import Controller, Response, get
from litestar.params import FromQuery, QueryParameter
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from transcendence_common.draining import DRAINING

CHECK_TIMEOUT_SECONDS = 2.0
"""Time limit of the checks, below the 3 s after which probes usually give up."""

ReadinessCheck = Callable[[], Awaitable[None]]
"""A check: raises if the thing it checks cannot be used."""

logger = structlog.get_logger("transcendence.health")


class HealthAnswer(msgspec.Struct, frozen=True):
    """The health of a service: `ok`, `failing` with the names of the failing checks, or `draining`: about to stop."""

    status: str
    failing: list[str] = []


def health_controller(checks: Mapping[str, ReadinessCheck]) -> type[Controller]:
    """Return the controller of a service's health endpoints.

    Args:
        checks: readiness checks by name; `database` also has a name in django-watchman's form.
    """

    class HealthController(Controller):
        include_in_schema = False
        opt = {"exclude_from_auth": True}  # noqa: RUF012 - Litestar's own class attribute

        @get("/health/live")
        async def live(self) -> HealthAnswer:
            """Report that the process answers. Nothing else is checked, so a slow database causes no restart."""
            return HealthAnswer("ok")

        @get("/health/ready")
        async def ready(self) -> Response[HealthAnswer]:
            """Report whether the service can take requests."""
            if DRAINING.is_set():
                return Response(HealthAnswer("draining"), status_code=HTTP_503_SERVICE_UNAVAILABLE)
            failing = [name for name, error in (await _run_checks(checks)).items() if error]
            if failing:
                return Response(
                    HealthAnswer("failing", failing), status_code=HTTP_503_SERVICE_UNAVAILABLE
                )
            return Response(HealthAnswer("ok"), status_code=HTTP_200_OK)

        @get("/watchman")
        async def watchman(
            self,
            only: Annotated[list[str] | None, QueryParameter(name="check")] = None,
            skip: FromQuery[list[str] | None] = None,
        ) -> Response[dict[str, list[dict[str, dict[str, bool | str]]]]]:
            """Run the checks in django-watchman's form; `?check=` and `?skip=` take its dotted names."""
            asked = {
                name: check
                for name, check in checks.items()
                if (not only or _watchman_name(name) in only)
                and _watchman_name(name) not in (skip or [])
            }
            found = await _run_checks(asked)
            healthy = not any(found.values())
            return Response(
                {
                    f"{name}s": [
                        {"default": {"ok": False, "error": error} if error else {"ok": True}}
                    ]
                    for name, error in found.items()
                },
                status_code=HTTP_200_OK if healthy else HTTP_500_INTERNAL_SERVER_ERROR,
            )

    return HealthController


def _watchman_name(check: str) -> str:
    return f"watchman.checks.{check}s"


async def _run_checks(checks: Mapping[str, ReadinessCheck]) -> dict[str, str]:
    """Run all checks at once; return by name an empty string for success, else the kind of error."""
    errors = await asyncio.gather(*(_run_check(name, check) for name, check in checks.items()))
    return dict(zip(checks, errors, strict=True))


async def _run_check(name: str, check: ReadinessCheck) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever a check raises is its finding
        logger.warning(
            "check failed",
            **{
                "event.action": "health-check",
                "event.outcome": "failure",
                "labels.check": name,
                "error.type": type(error).__name__,
            },
        )
        # The type only: a driver's message may contain an address or a password.
        return type(error).__name__
    return ""
