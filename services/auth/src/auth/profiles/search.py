"""Finds players by the beginning of their username or of their display name.

Other parts of names are not searched: trigrams (`pg_trgm`) could find them, but support only the letters of the
database's locale, and with the one that we create (`C`) only the Latin alphabet.
"""

from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, exists, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from auth.accounts.models import Account
from auth.accounts.queries import NUL_CHARACTER
from auth.friends.models import Block
from auth.friends.queries import PLAYER_COLUMNS, relations_of
from auth.profiles import text_rules
from contracts.auth.profiles import FoundPlayer
from contracts.pages import Page
from transcendence_common.names import name_key
from transcendence_common.pagination import decode_cursor, encode_cursor
from transcendence_common.problems import FieldError, InvalidFields

SHORTEST_QUERY = 2
LAST_CHARACTER = "\U0010ffff"
"""Sorts after every character of a key, and is never part of one."""


class PagePosition(msgspec.Struct, frozen=True, array_like=True):
    """The key of the last player of a page."""

    username_key: str


FIRST_POSITION = PagePosition("")


async def search_players(
    session: AsyncSession, me: UUID, query: str, *, cursor: str | None, limit: int
) -> Page[FoundPlayer]:
    """Return players in the order of their usernames.

    Only players with a verified address are found, so that the list cannot be filled with fake names, and none who has
    blocked the searching player.

    Raises:
        InvalidFields: the query is too short, or the cursor does not belong to this list.
    """
    after = FIRST_POSITION if cursor is None else decode_cursor(cursor, PagePosition)
    beginning = name_key(text_rules.as_shown_name(query))
    if len(beginning) < SHORTEST_QUERY:
        raise InvalidFields(FieldError("query", f"Enter at least {SHORTEST_QUERY} characters."))
    if NUL_CHARACTER in beginning + after.username_key:
        return Page([], None)
    statement = _select_players(me, beginning, after, limit + 1)
    rows = (await session.execute(statement)).all()
    shown = rows[:limit]
    relations = await relations_of(session, me, [row.id for row in shown])
    found = [
        FoundPlayer(
            id=row.id,
            username=row.username,
            display_name=row.display_name,
            avatar=row.avatar,
            relation=None if row.id == me else relations[row.id],
        )
        for row in shown
    ]
    more = len(rows) > limit
    return Page(found, encode_cursor(PagePosition(shown[-1].username_key)) if more else None)


def _select_players(
    me: UUID, beginning: str, after: PagePosition, rows: int
) -> Select[UUID, str, str | None, str | None, str]:
    """Select players by both kinds of name, with one index range each; a player found by both appears once."""
    by_username, by_display_name = (
        select(
            _select_by_beginning(Account.username_key, beginning, me, after)
            .limit(rows)
            .subquery()
            .c.id
        ),
        select(
            _select_by_beginning(Account.display_name_key, beginning, me, after)
            .limit(rows)
            .subquery()
            .c.id
        ),
    )
    found = union(by_username, by_display_name).subquery()
    return (
        select(*PLAYER_COLUMNS, Account.username_key)
        .join(found, found.c.id == Account.id)
        .order_by(Account.username_key)
        .limit(rows)
    )


def _select_by_beginning(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    beginning: str,
    me: UUID,
    after: PagePosition,
) -> Select[UUID]:
    """Select a range of keys. LIKE is not used, because it has wildcards, and its plan depends on the pattern."""
    return (
        select(Account.id)
        .where(
            column >= beginning,
            column < beginning + LAST_CHARACTER,
            Account.username_key > after.username_key,
            Account.email_verified_at.is_not(None),
            ~_has_blocked_reader(me),
        )
        .order_by(Account.username_key)
    )


def _has_blocked_reader(me: UUID) -> ColumnElement[bool]:
    return exists().where(Block.blocker_id == Account.id, Block.blocked_id == me)
