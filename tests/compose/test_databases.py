import asyncpg
import pytest

from tests.compose.containers import SERVICES
from tests.fixtures.composed import ComposedPlatform

POWERS = ("rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_is_an_ordinary_user_of_its_database(
    composed: ComposedPlatform, service: str
) -> None:
    connection = await asyncpg.connect(composed.database_url(service))
    role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
    await connection.close()
    assert role is not None
    assert (role["rolname"], [role[power] for power in POWERS]) == (service, [False] * len(POWERS))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_opens_no_other_database(composed: ComposedPlatform, service: str) -> None:
    url = composed.database_url(service)
    connection = await asyncpg.connect(url)
    others = await connection.fetch(
        "SELECT datname FROM pg_database WHERE datallowconn AND datname <> current_database()"
    )
    await connection.close()
    assert others
    assert [other["datname"] for other in others if await opens(url, other["datname"])] == []


@pytest.mark.parametrize("role", ["auth", "postgres"])
async def test_a_role_cannot_connect_without_its_password(
    composed: ComposedPlatform, role: str
) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(composed.database_url("auth"), user=role, password="guessed")


async def opens(url: str, database: str) -> bool:
    try:
        connection = await asyncpg.connect(url, database=database)
    except asyncpg.InsufficientPrivilegeError:
        return False
    await connection.close()
    return True
