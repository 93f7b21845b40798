"""Tells an unavailable database (503) from a bug (500)."""

from weakref import WeakSet

import asyncpg
from sqlalchemy import Engine

from transcendence_common.problems import Unavailable

DRIVER_ERRORS = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # When the server's farewell has arrived and the end of the connection has not.
    asyncpg.InternalClientError,
)
"""All errors of asyncpg, where nothing translates them."""

OUTAGE_SQLSTATE_CLASSES = {
    "08",  # The connection failed.
    "28",  # The password was changed, and this process still has the old one.
    "40",  # A deadlock or a serialisation failure: nothing of the transaction is stored.
    "53",  # Disk, memory or connections are used up.
    "57",  # Shutting down, starting up, ended by an administrator, or a statement that ran too long.
    "58",  # The disk cannot be read or written.
}
OUTAGE_SQLSTATES = {
    "25006",  # Read-only: a standby, or an administrator's choice.
    "55P03",  # A lock was not available in time.
}
UNWRITABLE_SQLSTATES = {"25006", "53100", "58030"}
"""States in which writes fail while reads succeed: read-only, disk full, input/output error."""

UNWRITABLE_ENGINES: WeakSet[Engine] = WeakSet()
"""Engines whose last write failed with such a state. The readiness check tries to write and removes them on success."""


class DatabaseUnavailable(Unavailable):
    """PostgreSQL is unavailable; nothing of the transaction is stored."""

    def __init__(self) -> None:
        super().__init__("The database is unavailable right now. Try again in a moment.")


def is_outage(error: BaseException) -> bool:
    """Tell whether an error means that the database is unavailable.

    The error is asyncpg's, or one that SQLAlchemy raised from it; any other error is no outage.
    """
    driver = _driver_error(error)
    if isinstance(driver, asyncpg.PostgresError):
        state = sqlstate_of(driver)
        return state[:2] in OUTAGE_SQLSTATE_CLASSES or state in OUTAGE_SQLSTATES
    # asyncpg counts a value that does not fit its parameter as an interface error, but it is a bug.
    return isinstance(driver, DRIVER_ERRORS) and not isinstance(driver, asyncpg.DataError)


def sqlstate_of(error: BaseException) -> str:
    """Return PostgreSQL's five-character state, or an empty string if the error is not from the server."""
    return getattr(_driver_error(error), "sqlstate", None) or ""


def _driver_error(error: BaseException) -> BaseException:
    cause = error.__cause__
    return cause if isinstance(cause, DRIVER_ERRORS) else error
