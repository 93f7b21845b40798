"""Registering, and looking accounts up."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import emails, passwords, queries, usernames
from auth.accounts.errors import EmailTaken, NameTaken, NoSuchPlayer
from auth.accounts.hashing import Passwords
from auth.accounts.schemas import Me, PublicProfile, Registered, Registration
from transcendence_common.identity import Player
from transcendence_common.ids import new_id
from transcendence_common.problems import FieldError, InvalidFields, NotSignedIn

logger = structlog.get_logger("auth.accounts")


async def register(
    session: AsyncSession, hashing: Passwords, registration: Registration, now: datetime
) -> Registered:
    username = usernames.as_shown(registration.username)
    _check_fields(registration, username)
    # Before the first statement, so that nobody holds a database connection while queueing for a thread.
    password_hash = await hashing.hash(registration.password)
    registered = Registered(new_id(), username)
    account: dict[str, object] = {
        "id": registered.id,
        "username": username,
        "username_key": usernames.key_of(username),
        "email": registration.email,
        "email_key": emails.key_of(registration.email),
        "password_hash": password_hash,
        "created_at": now,
    }
    if not await queries.insert_unless_taken(session, account):
        if await queries.is_name_taken(session, usernames.key_of(username)):
            raise NameTaken(username)
        raise EmailTaken
    _log_registered(registered)
    return registered


async def me(session: AsyncSession, player: Player) -> Me:
    found = await queries.find_me(session, player.id)
    if found is None:
        raise NotSignedIn("This account is gone.")
    return found


async def profile(session: AsyncSession, username: str) -> PublicProfile:
    found = await queries.find_profile(session, username)
    if found is None:
        raise NoSuchPlayer
    return found


def _check_fields(registration: Registration, username: str) -> None:
    complaints = {
        "username": usernames.complaint_about(username),
        "email": emails.complaint_about(registration.email),
        "password": passwords.complaint_about(
            registration.password, username=username, email=registration.email
        ),
    }
    errors = [FieldError(field, message) for field, message in complaints.items() if message]
    if errors:
        raise InvalidFields(*errors)


def _log_registered(registered: Registered) -> None:
    logger.info(
        "registered",
        **{
            "event.action": "user-register",
            "event.category": ["iam"],
            "event.type": ["user", "creation"],
            "event.outcome": "success",
            "user.id": str(registered.id),
            "user.name": registered.username,
        },
    )
