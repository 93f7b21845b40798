"""HTTP routes of the player's own account, profiles and avatars."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import (
    FromPath,
    FromQuery,
    HeaderParameter,
    JSONBody,
    PathParameter,
    QueryParameter,
)
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.errors import NoSuchPlayer
from auth.profiles import own_account, service
from auth.profiles.avatar_addresses import (
    CACHE_FOREVER,
    HASH_PATTERN,
    SIZE_OF_FILE,
    etag_matches,
    etag_of,
)
from auth.profiles.errors import (
    ImageTooBig,
    NoSuchAvatar,
    NotAnImage,
    PicturesBusy,
    PictureTooLarge,
)
from auth.profiles.picture_terms import MAX_PICTURE_BYTES
from auth.profiles.search import SHORTEST_QUERY, search_players
from auth.profiles.service import Avatars
from auth.sessions.live import LIVE_SESSION_ERRORS, SignedIn
from auth.throttling.budgets import avatar_uploads_of
from auth.throttling.errors import TooManyAttempts
from auth.throttling.service import Throttles
from contracts.auth.accounts import OwnAccount
from contracts.auth.profiles import FoundPlayer, OwnAvatar, OwnProfile, ProfileChange, PublicProfile
from contracts.pages import Page
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed

MAX_PROFILE_BODY_BYTES = 32 * 1024
"""A bio whose characters take twelve bytes each in JSON, and some spare room."""
DISCARDING_SECONDS = 2
"""Seconds to read the rest of a body. The gateway receives the whole body before it sends any of it on."""
WEBP = "image/webp"


@dataclass
class PictureInBody(Operation):
    """Describes the body in OpenAPI, because the handler reads it itself."""

    def __post_init__(self) -> None:
        file = OpenAPIMediaType(Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        self.request_body = RequestBody(
            {"image/jpeg": file, "image/png": file, WEBP: file}, required=True
        )


@get("/me", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def get_own_account(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[TimedSession]
) -> OwnAccount:
    """Return the signed-in player's own account."""
    return await own_account.describe_account(db_session, signed_in)


@get(
    "/players/{username:str}",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NoSuchPlayer),
)
async def get_public_profile(
    username: FromPath[str],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[AsyncSession],
) -> PublicProfile:
    """Return a player's public profile."""
    return await service.find_public_profile(db_session, username, visitor)


@get("/players", security=SIGNED_IN, responses=answers(InvalidFields, *LIVE_SESSION_ERRORS))
async def find_players(
    *,
    beginning: Annotated[
        str,
        QueryParameter(
            name="query", description=f"Beginning of a name; at least {SHORTEST_QUERY} characters"
        ),
    ],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[AsyncSession],
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[FoundPlayer]:
    """Find players by the beginning of their name or display name."""
    return await search_players(
        db_session, signed_in.account_id, beginning, cursor=cursor, limit=limit
    )


@patch(
    "/profile",
    request_max_body_size=MAX_PROFILE_BODY_BYTES,
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, *LIVE_SESSION_ERRORS),
)
async def change_profile(
    data: JSONBody[ProfileChange],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[AsyncSession],
) -> OwnProfile:
    """Change the player's own public profile."""
    return await service.change_profile(db_session, signed_in, data)


@put(
    "/profile/avatar",
    request_max_body_size=MAX_PICTURE_BYTES,
    operation_class=PictureInBody,
    security=SIGNED_IN,
    responses=answers(
        *LIVE_SESSION_ERRORS,
        PictureTooLarge,
        NotAnImage,
        ImageTooBig,
        TooManyAttempts,
        PicturesBusy,
    ),
)
async def change_avatar(
    request: Request[Any, Any, State],
    signed_in: NamedDependency[SignedIn],
    avatars: NamedDependency[Avatars],
    throttles: NamedDependency[Throttles],
    now: NamedDependency[datetime],
) -> OwnAvatar:
    """Replace the player's avatar. The body is a JPEG, PNG or WebP, whatever its Content-Type says.

    The handler reads the body itself, because Litestar would load it into memory before a request can be rejected.
    """
    try:
        await throttles.count_attempt(now, avatar_uploads_of(signed_in.account_id))
        return OwnAvatar(await avatars.replace_avatar(signed_in.account_id, request.body))
    except (TooManyAttempts, PicturesBusy):
        await _discard_body(request)
        raise


@delete("/profile/avatar", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def remove_avatar(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[AsyncSession]
) -> None:
    """Remove the player's avatar."""
    await service.remove_avatar(db_session, signed_in)


@get(
    "/avatars/{content_hash:str}/{file:str}",
    media_type=WEBP,
    security=SIGNED_IN_OR_NOT,
    responses={
        HTTP_304_NOT_MODIFIED: ResponseSpec(
            None, description="The caller has it", generate_examples=False
        ),
        **answers(Malformed, NoSuchAvatar),
    },
)
async def get_avatar(
    content_hash: FromPath[str],
    file: Annotated[str, PathParameter(description=" or ".join(SIZE_OF_FILE))],
    if_none_match: Annotated[str | None, HeaderParameter(name="If-None-Match")] = None,
    *,
    db_session: NamedDependency[AsyncSession],
) -> Response[bytes]:
    """Return an avatar in one of its sizes."""
    size = SIZE_OF_FILE.get(file)
    if size is None or not HASH_PATTERN.fullmatch(content_hash):
        raise NoSuchAvatar
    etag = etag_of(content_hash, size)
    headers = {"ETag": etag, "Cache-Control": CACHE_FOREVER}
    if etag_matches(if_none_match, etag):
        await service.check_avatar_shown(db_session, content_hash)
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    picture = await service.find_picture(db_session, content_hash, size)
    return Response(picture, media_type=WEBP, headers=headers)


async def _discard_body(request: Request[Any, Any, State]) -> None:
    """Read and discard the rest of the body: a client that is answered while sending finds a closed connection instead
    of the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARDING_SECONDS):
            async for _ in request.stream():
                pass


profile_routes = Router(
    "/",
    route_handlers=[
        get_own_account,
        get_public_profile,
        find_players,
        change_profile,
        change_avatar,
        remove_avatar,
        get_avatar,
    ],
)
