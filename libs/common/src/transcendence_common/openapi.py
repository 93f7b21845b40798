"""The OpenAPI document of a service: security schemes, and the problems that each handler answers."""

from collections import defaultdict
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityRequirement, SecurityScheme

from transcendence_common.problems import (
    UNKNOWN_ADDRESS,
    FieldError,
    NotFound,
    NotSignedIn,
    Problem,
)

PROBLEM_JSON = "application/problem+json"

SIGNED_IN: list[SecurityRequirement] = [{"access_token": []}]
"""The `security` of a handler with the dependency `player`."""
SIGNED_IN_OR_NOT: list[SecurityRequirement] = [{}, *SIGNED_IN]
"""The `security` of a handler with the dependency `visitor`."""


class ProblemDetails(msgspec.Struct, frozen=True):
    """An error answer, with a status from 400 on (RFC 9457).

    `code` is for programs, `detail` and `errors` are for people.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET


def answers(*problems: type[Problem]) -> dict[int, ResponseSpec]:
    """Return the `responses` of a handler that may answer these problems: one entry for each status, with the codes.

    List `Malformed` for a handler with a body, a parameter or an id in its path. NotSignedIn is always included,
    because every handler refuses a bad token.
    """
    codes: dict[int, list[str]] = defaultdict(list)
    all_problems: tuple[type[Problem], ...] = (NotSignedIn, *problems)
    for problem in dict.fromkeys(all_problems):
        codes[problem.status].append(f"`{problem.code}`")
    return {
        status: ResponseSpec(
            ProblemDetails,
            description=", ".join(codes[status]),
            media_type=PROBLEM_JSON,
            generate_examples=False,
        )
        for status in sorted(codes)
    }


def openapi_config(service: str, api_path: str) -> OpenAPIConfig:
    """Return the configuration of a service's OpenAPI document, served as JSON at `<api_path>/schema`."""
    path = f"{api_path}/schema"
    return OpenAPIConfig(
        title=f"Transcendence {service}",
        version="1",
        path=path,
        openapi_router=Router(
            path, route_handlers=[], include_in_schema=False, before_request=_refuse_other_paths
        ),
        components=Components(
            security_schemes={
                "access_token": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        # Only the JSON document: Litestar's viewers load scripts from other hosts.
        render_plugins=[JsonRenderPlugin(path="/")],
    )


def _refuse_other_paths(request: Request[Any, Any, State]) -> None:
    """Raise NotFound for paths below the document's, where Litestar would answer an HTML page."""
    if request.path_params:
        raise NotFound(UNKNOWN_ADDRESS)
