"""Links that ended long ago are forgotten, and the addresses in them."""

from datetime import timedelta

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import delete, select

from auth.links.models import MailLink
from transcendence_common.clock import Clock

REMEMBERED_FOR = timedelta(days=7)
"""After its end, so that somebody who comes late is told so instead of that there never was such a link."""
DELETED_AT_ONCE = 5_000


class OldLinks:
    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def forget(self) -> None:
        """Delete them, some at a time."""
        deleted = DELETED_AT_ONCE
        while deleted == DELETED_AT_ONCE:
            old = select(MailLink.digest).where(
                MailLink.expires_at < self._clock() - REMEMBERED_FOR
            )
            async with self._db.get_session() as session, session.begin():
                found = await session.scalars(
                    delete(MailLink)
                    .where(
                        MailLink.digest.in_(
                            old.limit(DELETED_AT_ONCE).with_for_update(skip_locked=True)
                        )
                    )
                    .returning(MailLink.digest)
                )
                deleted = len(found.all())
