"""Inspects containers from the inside, as the user of their processes, and through the engine."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fixtures.docker import docker

# Lists what the user may write, except below /proc. Docker mounts some folders that every user may
# write into each container.
FIND_WRITABLE = (
    r"find / -path /proc -prune -o \( -type d -o -type f \) -writable -print 2>/dev/null || :"
)
CAPABILITY_SETS = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}
ROTATION = {"max-size", "max-file"}
# The only container of root. It ends before any other starts, and has no network.
SETUP = "setup-1"
OF_EVERY_CONTAINER = {"/dev/shm", "/dev/mqueue"}  # noqa: S108 - named to be left out


def run_image(image: str, script: str) -> str:
    """Run a shell script in a fresh container of an image, with nothing mounted and no network."""
    return docker("run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", script)


def topmost(paths: list[str]) -> set[str]:
    """Return the paths that lie in none of the others, without those that every container has."""
    return {
        path for path in paths if not any(path.startswith(f"{other}/") for other in paths)
    } - OF_EVERY_CONTAINER


def assert_powerless(status: str) -> None:
    """Check in /proc/…/status that processes are not root, cannot become
    it and have no capabilities."""
    fields = re.findall(r"^(\w+):\t(.*)$", status, re.MULTILINE)
    users = [value.split() for field, value in fields if field == "Uid"]
    assert users
    assert all("0" not in user for user in users)
    assert {value for field, value in fields if field == "NoNewPrivs"} == {"1"}
    capabilities = [(field, int(value, 16)) for field, value in fields if field in CAPABILITY_SETS]
    assert {field for field, _ in capabilities} == CAPABILITY_SETS
    assert all(mask == 0 for _, mask in capabilities)


def assert_closed(name: str, container: Mapping[str, Any]) -> None:
    """Check in the engine's description that a container runs with minimal privileges."""
    host = container["HostConfig"]
    assert host["ReadonlyRootfs"], name
    assert host["CapDrop"] == ["ALL"], name
    assert not host["Privileged"], name
    assert "no-new-privileges:true" in host["SecurityOpt"], name
    if name == SETUP:
        assert host["CapAdd"] == ["CAP_DAC_READ_SEARCH"]
        assert host["NetworkMode"] == "none"
    else:
        assert not host["CapAdd"], name
        assert container["Config"]["User"] not in {"", "root", "0"}, name


def assert_limited(name: str, container: Mapping[str, Any]) -> None:
    """Check that a container and its log have limits, so that neither can exhaust the machine."""
    host = container["HostConfig"]
    limits = [host[limit] for limit in ("Memory", "NanoCpus", "PidsLimit")]
    assert all(limit and limit > 0 for limit in limits), (name, limits)
    assert host["LogConfig"]["Config"].keys() >= ROTATION, name
