"""The same platform as a stack of a Docker Swarm, with its own name, ports and secrets."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Any

from tests.fixtures.composed import ROOT, ComposedPlatform
from tests.fixtures.docker import DockerFailed, docker, try_docker
from tests.fixtures.ports import free_ports

NODE_LABELS = ("databases", "gateway")
NAMESPACE = "com.docker.stack.namespace"
KINDS = ("container", "network", "secret", "config", "volume")
# Variables that a make above this one has set about itself.
OUTER_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
REMOVE_LIMIT_SECONDS = 60
MAKE_LIMIT_SECONDS = 150
POLL_SECONDS = 0.2
SETTLED = {None, "completed", "rollback_completed"}


class MakeFailed(Exception):
    """A verb of the Makefile failed; the message is all that it printed."""


@dataclass(frozen=True)
class Stack:
    """A stack that `make stack-deploy` creates and changes. Services have their
    names of the compose file."""

    name: str
    port: int
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def make(self, verb: str, **chosen: str) -> None:
        """Run a verb of the Makefile with the chosen values; raises MakeFailed."""
        ended = subprocess.run(
            ["make", "--no-print-directory", "-C", str(ROOT), verb],  # noqa: S607 - its path differs
            check=False,
            env={**self.environment, **chosen},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MAKE_LIMIT_SECONDS,
        )
        if ended.returncode != 0:
            raise MakeFailed(ended.stdout)

    def is_settled(self) -> bool:
        """Whether every service has its replicas, healthy, every job is
        done, and no update is running."""
        return all(
            _is_complete(replicas) and self.update_of(service) in SETTLED
            for service, replicas in self.replicas().items()
        )

    def replicas(self) -> dict[str, str]:
        """Return the running and wanted replicas of each service, as
        `docker service ls` prints them."""
        listed = docker(
            *("service", "ls", "--filter", f"label={NAMESPACE}={self.name}"),
            *("--format", "{{.Name}} {{.Replicas}}"),
        )
        lines = (line.partition(" ") for line in listed.splitlines())
        return {name.removeprefix(f"{self.name}_"): replicas for name, _, replicas in lines}

    def containers(self, service: str) -> set[str]:
        """Return the IDs of a service's running containers, including those about to stop."""
        label = f"label=com.docker.swarm.service.name={self.name}_{service}"
        return set(docker("ps", "--quiet", "--no-trunc", "--filter", label).split())

    def update_of(self, service: str) -> str | None:
        """Return the state of the last update of a service."""
        state: str | None = self._update(service).get("State")
        return state

    def update_began(self, service: str) -> str:
        """Return when the last update of a service began; empty before the first."""
        return str(self._update(service).get("StartedAt", ""))

    def left_over(self, kind: str) -> list[str]:
        """Return the stack's objects of a kind that the engine still has."""
        label = f"label={NAMESPACE}={self.name}"
        everything = ("--all",) if kind == "container" else ()
        return docker(kind, "ls", *everything, "--quiet", "--filter", label).split()

    def tasks(self) -> str:
        """Return the tasks and their errors, for a failure message."""
        columns = "{{.Name}} {{.DesiredState}} {{.CurrentState}} {{.Error}}"
        return try_docker("stack", "ps", "--no-trunc", "--format", columns, self.name).stdout

    def _update(self, service: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(
            docker("service", "inspect", f"{self.name}_{service}")
        )
        update: dict[str, Any] = found[0].get("UpdateStatus", {})
        return update


def _is_complete(replicas: str) -> bool:
    """Read `2/2`, or for a job `0/1 (1/1 completed)`."""
    count = replicas.partition("(")[2].partition(" ")[0] or replicas
    running, _, wanted = count.partition("/")
    return running == wanted


@contextmanager
def planned_stack(images: ComposedPlatform, secrets: Path) -> Iterator[Stack]:
    """Prepare a Swarm, a name and ports for a stack of the existing images;
    remove everything at the end."""
    name = f"transcendence-stack-{token_hex(4)}"
    port, http_port = free_ports(2)
    around = {name: value for name, value in os.environ.items() if name not in OUTER_MAKE}
    chosen = {
        "COMPOSE_PROJECT_NAME": name,
        "COMPOSE_ENV_FILES": os.devnull,
        "GATEWAY_PORT": str(port),
        "GATEWAY_HTTP_PORT": str(http_port),
        "PUBLIC_URL": f"https://localhost:{port}",
        "SECRETS_DIR": str(secrets),
        # No server listens there: mail waits, as it would for any unavailable server.
        "SMTP_HOST": "127.0.0.1",
        "RESOLVE_IMAGE": "never",
    }
    stack = Stack(name, port, {**around, **images.environment, **chosen})
    with _swarm():
        try:
            yield stack
        finally:
            _remove(stack)


@contextmanager
def _swarm() -> Iterator[None]:
    """Initialise a single-node Swarm unless this machine is in one, and add missing node labels."""
    state = docker("info", "--format", "{{.Swarm.LocalNodeState}}").strip()
    is_ours = state == "inactive"
    if is_ours:
        docker("swarm", "init", "--advertise-addr", "127.0.0.1")
    try:
        with _labelled(docker("info", "--format", "{{.Swarm.NodeID}}").strip()):
            yield
    finally:
        if is_ours:
            docker("swarm", "leave", "--force")


@contextmanager
def _labelled(node: str) -> Iterator[None]:
    labels = json.loads(docker("node", "inspect", node, "--format", "{{json .Spec.Labels}}"))
    added = [label for label in NODE_LABELS if labels.get(label) != "true"]
    for label in added:
        docker("node", "update", "--label-add", f"{label}=true", node)
    try:
        yield
    finally:
        for label in added:
            docker("node", "update", "--label-rm", label, node)


def _remove(stack: Stack) -> None:
    try_docker("stack", "rm", stack.name)
    deadline = monotonic() + REMOVE_LIMIT_SECONDS
    # Containers are removed one after another, and networks only once they are empty.
    while left := [kind for kind in KINDS if stack.left_over(kind)]:
        if monotonic() > deadline:
            raise DockerFailed(f"{stack.name}: {left} cannot be removed")
        if left == ["volume"]:
            docker("volume", "rm", *stack.left_over("volume"))
        sleep(POLL_SECONDS)
