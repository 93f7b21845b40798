"""Tells a database that cannot be used now, which is a 503, from a bug, which is a 500."""

from weakref import WeakSet

import asyncpg
from sqlalchemy import Engine

from transcendence_common.problems import Unavailable

DRIVER_ERRORS = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # Where the server's farewell has arrived and the end of the connection has not.
    asyncpg.InternalClientError,
)
"""Whatever asyncpg raises, where nothing translates it."""

OUTAGE_CLASSES = {
    "08",  # The connection failed.
    "28",  # The password was changed, and this process was not told.
    "40",  # A deadlock, or a transaction that came too late: nothing of it is stored.
    "53",  # Disk, memory or connections are used up.
    "57",  # Shutting down, starting up, ended by an administrator, a statement that ran too long.
    "58",  # The disk cannot be read or written.
}
OUTAGE_STATES = {
    "25006",  # Read-only: a standby, or an administrator's choice.
    "55P03",  # A lock was not to be had in time.
}
UNWRITABLE_STATES = {"25006", "53100", "58030"}
"""While these last no write succeeds, and reads do: disk full, input/output error, read-only."""

UNWRITABLE: WeakSet[Engine] = WeakSet()
"""Engines whose last failed write says that no other will succeed. Readiness tries again, and takes them out."""


class DatabaseAway(Unavailable):
    """PostgreSQL cannot be used now; nothing of this transaction is stored."""

    def __init__(self) -> None:
        super().__init__("The database is unavailable right now. Try again in a moment.")


def is_outage(error: BaseException) -> bool:
    """Whether an error of asyncpg, or one that SQLAlchemy made of it, says that the database cannot be used now."""
    driver = _driver_error(error)
    if isinstance(driver, asyncpg.PostgresError):
        state = sqlstate_of(driver)
        return state[:2] in OUTAGE_CLASSES or state in OUTAGE_STATES
    # A value that does not fit its parameter is a bug, though asyncpg calls it an error of the interface.
    return isinstance(driver, DRIVER_ERRORS) and not isinstance(driver, asyncpg.DataError)


def sqlstate_of(error: BaseException) -> str:
    """Return PostgreSQL's five characters, or an empty string where the server said nothing."""
    return getattr(_driver_error(error), "sqlstate", None) or ""


def _driver_error(error: BaseException) -> BaseException:
    cause = error.__cause__
    return cause if isinstance(cause, DRIVER_ERRORS) else error
