"""Accounts over HTTP."""

from datetime import datetime

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import service
from auth.accounts.errors import EmailTaken, NameTaken, NoSuchPlayer, TooManyPasswords
from auth.accounts.hashing import Passwords
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.accounts.schemas import Me, PublicProfile, Registered, Registration
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, UNREADABLE, answers
from transcendence_common.problems import InvalidFields, Malformed, NotSignedIn


@post(
    "/register",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    responses=answers(Malformed, InvalidFields, NameTaken, EmailTaken, TooManyPasswords),
)
async def register(
    data: JSONBody[Registration],
    db_session: NamedDependency[AsyncSession],
    hashing: NamedDependency[Passwords],
    now: NamedDependency[datetime],
) -> Registered:
    """Open an account."""
    return await service.register(db_session, hashing, data, now)


@get("/me", security=SIGNED_IN, responses=answers(NotSignedIn))
async def me(player: NamedDependency[Player], db_session: NamedDependency[AsyncSession]) -> Me:
    """Say who is signed in."""
    return await service.me(db_session, player)


@get(
    "/players/{username:str}",
    security=SIGNED_IN_OR_NOT,
    responses=answers(*UNREADABLE, NoSuchPlayer),
)
async def profile(
    username: FromPath[str], db_session: NamedDependency[AsyncSession]
) -> PublicProfile:
    """Show what everybody may know about a player."""
    return await service.profile(db_session, username)


accounts = Router("/", route_handlers=[register, me, profile])
