"""A real cluster: the rights of its roles, and data that cannot be opened."""

import subprocess
import sys
from itertools import permutations
from pathlib import Path

import asyncpg
import pytest

from launcher.databases import (
    MONITOR_ROLE,
    SERVICES,
    PasswordsLost,
    database_of,
    database_urls,
    provision_databases,
)
from launcher.postgres import (
    Cluster,
    DataDirectoryBroken,
    DataOfAnotherVersion,
    InitialisationFailed,
    major_version,
    wheel_folder,
)
from launcher.temporary import TemporaryCluster, temporary_cluster


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_owns_its_database(server: TemporaryCluster, service: str) -> None:
    connection = await asyncpg.connect(server.urls[service])
    await connection.execute("CREATE TABLE t (a int)")
    await connection.execute("DROP TABLE t")
    await connection.close()


@pytest.mark.parametrize(("role", "other"), list(permutations(SERVICES, 2)))
async def test_a_role_cannot_enter_another_roles_database(
    server: TemporaryCluster, role: str, other: str
) -> None:
    url = server.urls[role].replace(database_of(role), database_of(other))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(url)


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_has_no_rights_over_the_server(server: TemporaryCluster, role: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(server.urls[role].replace(database_of(role), "postgres"))
    connection = await asyncpg.connect(server.urls[role])
    for statement in ("CREATE ROLE r", "CREATE DATABASE d", "SELECT rolpassword FROM pg_authid"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_a_wrong_password_is_refused(server: TemporaryCluster) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.cluster.url("auth_db", "auth", "wrong"))


async def test_provisioning_again_keeps_data_and_changes_passwords(
    server: TemporaryCluster,
) -> None:
    connection = await asyncpg.connect(server.urls["auth"])
    await connection.execute("CREATE TABLE kept (a int)")
    await connection.close()
    old = {name: server.urls[name].split(":")[2].split("@")[0] for name in SERVICES}
    fresh = {name: f"fresh-{name}'\\" for name in SERVICES}
    await provision_databases(server.cluster, fresh)
    try:
        connection = await asyncpg.connect(database_urls(server.cluster, fresh)["auth"])
        assert await connection.fetchval("SELECT to_regclass('kept') IS NOT NULL")
        await connection.execute("DROP TABLE kept")
        await connection.close()
    finally:
        await provision_databases(server.cluster, old)


async def test_an_unmonitored_server_has_no_monitoring_role(server: TemporaryCluster) -> None:
    connection = await asyncpg.connect(server.cluster.url())
    assert not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", MONITOR_ROLE)
    await connection.close()


async def test_a_lost_superuser_password_is_reported(server: TemporaryCluster) -> None:
    cluster = server.cluster
    stranger = Cluster(cluster.binaries, cluster.data, cluster.port, "another")
    with pytest.raises(PasswordsLost, match="make reset"):
        await provision_databases(stranger, dict.fromkeys(SERVICES, "x"))


async def test_text_sorts_and_folds_alike_on_every_machine(server: TemporaryCluster) -> None:
    connection = await asyncpg.connect(server.urls["auth"])
    assert await connection.fetchval("SELECT lower('ÄÉŁ')") == "äéł"
    assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    await connection.close()


async def test_values_that_violate_a_constraint_are_not_logged(
    server: TemporaryCluster,
) -> None:
    connection = await asyncpg.connect(server.urls["auth"])
    assert await connection.fetchval("SHOW log_error_verbosity") == "terse"
    await connection.close()


async def test_a_temporary_cluster_starts_inside_a_running_event_loop_and_leaves_nothing() -> None:
    with temporary_cluster() as server:
        assert server.cluster.is_accepting_connections()
        folder = server.cluster.data.parents[1]
    assert not server.cluster.is_accepting_connections()
    assert not folder.exists()


def test_a_temporary_cluster_of_a_killed_run_is_removed_by_the_next() -> None:
    code = (
        "import os\n"
        "from launcher.temporary import temporary_cluster\n"
        "with temporary_cluster() as server:\n"
        "    print(server.cluster.data, server.cluster.port, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    data, port = killed.stdout.split()
    left = Cluster(wheel_folder(), Path(data), int(port), "x")
    assert left.is_accepting_connections()
    with temporary_cluster():
        assert not left.is_accepting_connections()
        assert not left.data.parents[1].exists()


def test_a_damaged_data_directory_is_reported_with_the_missing_file(tmp_path: Path) -> None:
    cluster = cluster_in(tmp_path)
    cluster.check_data()
    (cluster.data / "global").mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text(f"{major_version()}\n")
    with pytest.raises(DataDirectoryBroken, match=r"global/pg_control is missing.*make reset"):
        cluster.check_data()


def test_data_of_another_version_is_reported_with_both_versions(tmp_path: Path) -> None:
    cluster = cluster_in(tmp_path)
    for folder in ("global", "pg_wal", "base"):
        (cluster.data / folder).mkdir(parents=True)
    (cluster.data / "global" / "pg_control").touch()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DataOfAnotherVersion, match=f"PostgreSQL 9 and this is {major_version()}"):
        cluster.check_data()


def test_an_interrupted_initialisation_leaves_no_data_directory(tmp_path: Path) -> None:
    cluster = cluster_in(tmp_path, binaries=tmp_path)
    initdb = tmp_path / "bin" / "initdb"
    initdb.parent.mkdir()
    initdb.write_text(
        "#!/bin/sh\nmkdir data.unfinished\necho 'initdb: error: no room left\ninitdb: removing' >&2\nexit 1\n"
    )
    initdb.chmod(0o755)
    with pytest.raises(InitialisationFailed, match="no room left"):
        cluster.initialise_data()
    assert not cluster.data.exists()
    assert not (tmp_path / "superuser-password").exists()


def cluster_in(folder: Path, binaries: Path | None = None) -> Cluster:
    return Cluster(binaries or wheel_folder(), folder / "data", 1, "x")
