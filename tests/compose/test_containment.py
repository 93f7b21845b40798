"""The limits of an attacker who took over a process, seen from inside the running containers."""

import pytest

from tests.compose.containers import DATABASES, MAIL, RUNNING
from tests.compose.looking import (
    FIND_WRITABLE,
    SETUP,
    assert_closed,
    assert_limited,
    assert_powerless,
    topmost,
)
from tests.fixtures.composed import ComposedPlatform

TEMPORARY = {"/tmp"}  # noqa: S108 - compared, not written
WRITABLE_BY_SERVICES = TEMPORARY | {"/logs"}
WRITABLE_BY_GATEWAY = WRITABLE_BY_SERVICES | {"/etc/nginx/conf.d", "/run", "/var/cache/nginx"}
WRITABLE_BY_DATABASES = TEMPORARY | {"/run/postgresql", "/var/lib/postgresql/data"}
EVERY_STATUS = "cat /proc/[0-9]*/status"


@pytest.mark.parametrize("name", [*RUNNING, MAIL])
def test_no_process_is_root_or_can_become_root(composed: ComposedPlatform, name: str) -> None:
    assert_powerless(run_shell(composed, name, EVERY_STATUS))


@pytest.mark.parametrize("name", RUNNING)
def test_only_the_named_folders_can_be_written(composed: ComposedPlatform, name: str) -> None:
    named = WRITABLE_BY_DATABASES if name in DATABASES else WRITABLE_BY_SERVICES
    if name == "gateway":
        named = WRITABLE_BY_GATEWAY
    assert topmost(run_shell(composed, name, FIND_WRITABLE).split()) == named


@pytest.mark.parametrize("name", [*RUNNING, MAIL])
def test_even_root_cannot_write_elsewhere(composed: ComposedPlatform, name: str) -> None:
    ended = composed.run_in(composed.container(name), "touch", "/usr/bin/new", user="0")
    assert "Read-only file system" in ended.stderr


def test_every_container_and_its_log_are_limited(composed: ComposedPlatform) -> None:
    for name, container in composed.all_containers().items():
        assert_limited(name, container)


def test_every_container_is_restricted(
    composed: ComposedPlatform,
) -> None:
    """All containers are checked from the outside, since the ended jobs cannot be
    inspected from the inside."""
    containers = composed.all_containers()
    assert len(containers) > len(RUNNING)
    for name, container in containers.items():
        assert_closed(name, container)


def test_every_container_is_healthy(composed: ComposedPlatform) -> None:
    for name, container in composed.all_containers().items():
        state = container["State"]
        if name == SETUP or "migrations" in name:
            assert (state["Status"], state["ExitCode"]) == ("exited", 0), name
        else:
            assert state["Health"]["Status"] == "healthy", name


def run_shell(composed: ComposedPlatform, name: str, script: str) -> str:
    return composed.run_in(composed.container(name), "sh", "-c", script).stdout
