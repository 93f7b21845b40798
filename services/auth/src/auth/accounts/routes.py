"""Accounts over HTTP."""

from datetime import datetime

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import service
from auth.accounts.hashing import Passwords
from auth.accounts.schemas import Me, PublicProfile, Registered, Registration
from transcendence_common.identity import Player


@post("/register")
async def register(
    data: JSONBody[Registration],
    db_session: NamedDependency[AsyncSession],
    hashing: NamedDependency[Passwords],
    now: NamedDependency[datetime],
) -> Registered:
    """Open an account."""
    return await service.register(db_session, hashing, data, now)


@get("/me")
async def me(player: NamedDependency[Player], db_session: NamedDependency[AsyncSession]) -> Me:
    """Say who is signed in."""
    return await service.me(db_session, player)


@get("/players/{username:str}")
async def profile(
    username: FromPath[str], db_session: NamedDependency[AsyncSession]
) -> PublicProfile:
    """Show what everybody may know about a player."""
    return await service.profile(db_session, username)


accounts = Router("/", route_handlers=[register, me, profile])
