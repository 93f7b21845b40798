from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.errors import NoSuchPlayer
from auth.accounts.queries import is_name_taken
from auth.events import log_account_event
from auth.friends.queries import relation_of
from auth.profiles import queries, text_rules
from auth.profiles.errors import NoSuchAvatar
from auth.profiles.picture_maker import PictureMaker
from auth.sessions.errors import SessionOver
from auth.sessions.live import SignedIn
from contracts.auth.profiles import OwnProfile, ProfileChange, PublicProfile
from transcendence_common.identity import Player
from transcendence_common.names import name_key
from transcendence_common.problems import FieldError, InvalidFields

NAME_OF_ANOTHER_PLAYER = "This is another player's username. Choose another display name."


class Avatars:
    """Replaces avatars. A database connection is taken only once the picture is converted."""

    def __init__(self, db: SQLAlchemyAsyncConfig, maker: PictureMaker) -> None:
        self._db = db
        self._maker = maker

    async def replace_avatar(self, account_id: UUID, read: Callable[[], Awaitable[bytes]]) -> str:
        """Replace an account's avatar and return its hash.

        Raises:
            NotAnImage, ImageTooBig, PicturesBusy
            SessionOver: the account was deleted in the meantime.
        """
        avatar = await self._maker.make_avatar(read)
        async with self._db.get_session() as session, session.begin():
            if not await queries.store_avatar(session, account_id, avatar):
                raise SessionOver
        log_account_event("avatar-change", account_id)
        return avatar.hash


async def find_public_profile(
    session: AsyncSession, username: str, visitor: Player | None
) -> PublicProfile:
    found = await queries.find_public_profile(session, username)
    if found is None:
        raise NoSuchPlayer
    if visitor is None or visitor.id == found.id:
        return found
    return msgspec.structs.replace(found, relation=await relation_of(session, visitor.id, found.id))


async def change_profile(
    session: AsyncSession, person: SignedIn, wanted: ProfileChange
) -> OwnProfile:
    """Change the fields of a player's own profile that the request contains.

    Raises:
        InvalidFields
        SessionOver: the account was deleted in the meantime.
    """
    own = await _own_profile(session, person)
    # A name that predates a rule is kept, even if the form sends it again with another bio.
    values = _checked_values(wanted, kept={own.display_name, person.username})
    if not values:
        return own
    changed = await queries.change_profile(session, person.account_id, values)
    if changed is None:
        key = values.get("display_name_key")
        if key is not None and await is_name_taken(session, key):
            raise InvalidFields(FieldError("display_name", NAME_OF_ANOTHER_PLAYER))
        raise SessionOver
    log_account_event("profile-change", person.account_id)
    return changed


async def remove_avatar(session: AsyncSession, person: SignedIn) -> None:
    """Remove the player's avatar. Removing it again changes nothing."""
    if await queries.delete_avatar(session, person.account_id):
        log_account_event("avatar-remove", person.account_id)


async def find_picture(session: AsyncSession, content_hash: str, size: int) -> bytes:
    found = await queries.find_picture(session, content_hash, size)
    if found is None:
        raise NoSuchAvatar
    return found


async def check_avatar_shown(session: AsyncSession, content_hash: str) -> None:
    """Raise NoSuchAvatar if no account shows the picture."""
    if not await queries.is_avatar_shown(session, content_hash):
        raise NoSuchAvatar


async def _own_profile(session: AsyncSession, person: SignedIn) -> OwnProfile:
    found = await queries.find_own_profile(session, person.account_id)
    if found is None:
        raise SessionOver
    return found


def _checked_values(
    wanted: ProfileChange, *, kept: AbstractSet[str | None]
) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    problems: dict[str, str | None] = {}
    if not isinstance(wanted.display_name, msgspec.UnsetType):
        name = text_rules.as_shown_name(wanted.display_name)
        if name not in kept:
            problems["display_name"] = text_rules.problem_with_name(name)
        values["display_name"] = name or None
        values["display_name_key"] = name_key(name) or None
    if not isinstance(wanted.bio, msgspec.UnsetType):
        values["bio"] = bio = text_rules.as_shown_bio(wanted.bio)
        problems["bio"] = text_rules.problem_with_bio(bio)
    errors = [FieldError(field, message) for field, message in problems.items() if message]
    if errors:
        raise InvalidFields(*errors)
    return values
