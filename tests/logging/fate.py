"""Changes database rows to cause events that would otherwise take longer than the test."""

import asyncpg

from tests.fixtures.platform import Platform

A_WEEK_WITHOUT_VERIFICATION = "UPDATE accounts SET expires_at = now() WHERE username = $1"
HOURS_WITHOUT_ANSWER = (
    "UPDATE invitations SET created_at = created_at - interval '3 hours',"
    " expires_at = expires_at - interval '3 hours' WHERE id::text = $1"
)
A_MISSED_START = (
    "UPDATE tournaments SET starts_at = now() - interval '2 minutes' WHERE id::text = $1"
)
KEYS_OUT_OF_NOWHERE = (
    "WITH spoilt AS (INSERT INTO stored_keys (match_id, from_tick, through_tick, changes)"
    " VALUES ($1::text::uuid, 1000, 1001, ''))"
    " UPDATE matches SET owner = NULL, fence = fence + 1 WHERE id::text = $1"
)
"""Another process took the match, stored inputs that do not follow the
previous ones, and released it."""


async def befall(platform: Platform, service: str, what: str, whom: str) -> None:
    connection = await asyncpg.connect(platform.database_url(service))
    try:
        assert await connection.execute(what, whom) == "UPDATE 1"
    finally:
        await connection.close()
