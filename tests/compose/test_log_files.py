"""Log files that one container writes and another one, with another account, only reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from subprocess import CompletedProcess
from time import monotonic, sleep

import httpx
import pytest

from tests.compose.containers import IMAGES_OF_PYTHON, OUR_IMAGES
from tests.fixtures.composed import ComposedPlatform
from tests.fixtures.docker import docker, try_docker

FILES = {"gateway": "access.json", **{name: f"{name}.json" for name in IMAGES_OF_PYTHON}}
WRITERS = {"gateway": "101", **dict.fromkeys(IMAGES_OF_PYTHON, "10001")}
# Logstash's account. It is not in root's group, so files that only this group
# may read are closed to it.
READER = "1000:1000"
WRITTEN_LIMIT_SECONDS = 20
POLL_SECONDS = 0.2


@pytest.mark.parametrize("name", OUR_IMAGES)
def test_a_log_file_belongs_to_its_writer_and_is_readable(
    composed: ComposedPlatform, name: str
) -> None:
    lines = written(composed, name, FILES[name])
    assert {line["service"]["name"] for line in lines} == {name}
    shown = read(composed, name, f"stat -c '%u %a' /logs/{name} /logs/{name}/{FILES[name]}").stdout
    assert shown.splitlines() == [f"{WRITERS[name]} 755", f"{WRITERS[name]} 644"]


@pytest.mark.parametrize("name", OUR_IMAGES)
@pytest.mark.parametrize("change", ["touch {}.new", "rm {}", "sh -c 'echo x >>{}'", "mv {} {}.1"])
def test_the_reader_cannot_change_log_files(
    composed: ComposedPlatform, name: str, change: str
) -> None:
    written(composed, name, FILES[name])
    file = f"/logs/{name}/{FILES[name]}"
    assert read(composed, name, change.replace("{}", file)).returncode != 0
    # The reader cannot change them even if the volume is mounted writable by mistake.
    mount = f"type=volume,source={volume(composed, name)},target=/logs/{name}"
    assert run_as_reader(composed, mount, change.replace("{}", file)).returncode != 0
    assert written(composed, name, FILES[name])


def test_each_container_mounts_only_its_own_log_volume(composed: ComposedPlatform) -> None:
    found = {
        (container.rpartition("-")[0], mount["Name"].removeprefix(f"{composed.project}_"))
        for container, it in composed.all_containers().items()
        for mount in it["Mounts"]
        if mount["Destination"].startswith("/logs")
    }
    assert found == {(name, f"{name}_logs") for name in OUR_IMAGES}


def test_each_replica_writes_its_own_file(composed: ComposedPlatform) -> None:
    try:
        scale(composed, 2)
        hosts = [
            {line["host"]["name"] for line in written(composed, "auth", file)}
            for file in ("auth.json", "auth-2.json")
        ]
        replicas = {container[:12] for container in composed.containers("auth")}
        assert all(len(names & replicas) == 1 for names in hosts)
        assert hosts[0] & replicas != hosts[1] & replicas
    finally:
        scale(composed, 1)


@pytest.mark.parametrize("name", OUR_IMAGES)
def test_a_volume_belongs_to_the_writer_even_if_the_reader_mounted_it_first(
    composed: ComposedPlatform, name: str
) -> None:
    with new_volume() as fresh:
        mount = f"type=volume,source={fresh},target=/logs/{name},volume-nocopy,readonly"
        assert run_as_reader(composed, mount, f"ls /logs/{name}").returncode == 0
        image = composed.image(name)
        writing = ("--mount", f"type=volume,source={fresh},target=/logs", "--entrypoint", "touch")
        docker("run", "--rm", "--network", "none", *writing, image, "/logs/line")


def scale(composed: ComposedPlatform, replicas: int) -> None:
    wanted = ("--no-recreate", "--no-deps", f"--scale=auth={replicas}", "auth")
    composed.compose("up", "--wait", *wanted)


def written(composed: ComposedPlatform, name: str, file: str) -> list[dict[str, dict[str, str]]]:
    """Return the lines of a file, once it has some."""
    deadline = monotonic() + WRITTEN_LIMIT_SECONDS
    while True:
        httpx.get(composed.url, verify=False)  # noqa: S501 - any request is logged
        ended = read(composed, name, f"cat /logs/{name}/{file}")
        if ended.stdout:
            return [json.loads(line) for line in ended.stdout.splitlines()]
        if monotonic() > deadline:
            pytest.fail(f"{name} has written nothing to {file}: {ended.stderr}")
        sleep(POLL_SECONDS)


def read(composed: ComposedPlatform, name: str, command: str) -> CompletedProcess[str]:
    mount = f"type=volume,source={volume(composed, name)},target=/logs/{name}"
    return run_as_reader(composed, f"{mount},volume-nocopy,readonly", command)


def run_as_reader(composed: ComposedPlatform, mount: str, command: str) -> CompletedProcess[str]:
    """Run a command with this mount, in an image that does not know the folder."""
    options = ("--rm", "--network", "none", "--cap-drop", "ALL", "--user", READER)
    image = composed.image("auth_db")
    return try_docker("run", *options, "--mount", mount, "--entrypoint", "sh", image, "-c", command)


def volume(composed: ComposedPlatform, name: str) -> str:
    return f"{composed.project}_{name}_logs"


@contextmanager
def new_volume() -> Iterator[str]:
    name = f"transcendence-test-{token_hex(4)}"
    docker("volume", "create", name)
    try:
        yield name
    finally:
        docker("volume", "rm", name)
