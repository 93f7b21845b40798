"""Deletes accounts whose address was not verified within a week."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.accounts import queries
from auth.privacy.erasure import erase_account
from transcendence_common.clock import Clock
from transcendence_common.database import session_at

logger = structlog.get_logger("auth.accounts")


class ExpiredAccounts:
    """Deletes expired accounts in batches, to keep transactions short."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def delete_expired_accounts(self) -> None:
        """Delete every expired account.

        An account that is being verified at the same moment is locked and skipped; afterwards it does not expire.
        """
        erased = queries.EXPIRED_ACCOUNTS_AT_ONCE
        while erased == queries.EXPIRED_ACCOUNTS_AT_ONCE:
            async with session_at(self._db, self._clock()) as session:
                expired = await queries.lock_expired_accounts(session)
                for account_id in expired:
                    await erase_account(session, account_id)
            erased = len(expired)
            if erased:
                _log_expired(expired)


def _log_expired(account_ids: Sequence[UUID]) -> None:
    logger.info(
        "unverified accounts forgotten",
        **{
            "event.action": "accounts-expired",
            "event.category": ["iam"],
            "event.type": ["user", "deletion"],
            "event.outcome": "success",
            "transcendence.count": len(account_ids),
            "related.user": [str(each) for each in account_ids],
        },
    )
