"""Deletes email links, and the addresses in them, some time after they expire."""

from datetime import timedelta

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import delete, select

from auth.links.models import MailLink
from transcendence_common.clock import Clock

REMEMBERED_FOR = timedelta(days=7)
"""How long a link is kept after its end, so that a late reader is told that it has expired rather than that it is
unknown."""
DELETED_AT_ONCE = 5_000


class OldLinks:
    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def delete_old_links(self) -> None:
        """Delete old links in batches."""
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
