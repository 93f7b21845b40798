"""The start order of the logging profile, with a shell in each container in
place of Elastic's programs.

Their images are not available everywhere, and the order does not depend on them.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.fixtures.composed import ROOT, ComposedPlatform
from tests.fixtures.docker import docker, try_docker

PROFILE = ("--profile", "logging")
THREE_NODES = ("docker-compose.yml", "ops/elk/three-nodes.yml")
RUNNING = {"elasticsearch", "kibana", "logstash"}
JOBS = {"elastic_setup", "kibana_setup"}
WAIT_SECONDS = "60"
# Only these keys decide about the order; the others need Elastic's programs.
KEPT = (
    "depends_on",
    "restart",
    "cap_drop",
    "security_opt",
    "ulimits",
    "read_only",
    "deploy",
    "memswap_limit",
)
LIVES = "exec sleep infinity"
HEALTHY = {"test": ["CMD", "true"], "interval": "200ms"}
UNHEALTHY = {"test": ["CMD", "false"], "interval": "200ms", "retries": 2}

Services = dict[str, dict[str, Any]]


class StandIn:
    """A temporary Compose project in a folder of its own."""

    def __init__(self, folder: Path, services: Services) -> None:
        self._name = f"transcendence-test-{token_hex(4)}"
        self._file = folder / "docker-compose.json"
        self.change(services)

    def change(self, services: Services) -> None:
        self._file.write_text(json.dumps({"services": services}))

    def compose(self, *arguments: str) -> CompletedProcess[str]:
        options = ("--project-name", self._name, "--env-file", os.devnull)
        return try_docker("compose", *options, "--file", str(self._file), *arguments)

    def up(self, *options: str) -> CompletedProcess[str]:
        return self.compose("up", "--detach", "--wait-timeout", WAIT_SECONDS, *options)

    def states(self) -> dict[str, tuple[str, int]]:
        answer = self.compose("ps", "--all", "--format", "json").stdout
        found = map(json.loads, answer.splitlines())
        return {each["Service"]: (each["State"], each["ExitCode"]) for each in found}


def services_of(platform: ComposedPlatform, *files: str) -> Services:
    """Return the profile's services as the compose files define them, each with a
    shell in place of its program."""
    options = [option for file in files for option in ("--file", str(ROOT / file))]
    command = ("compose", "--env-file", os.devnull, *options, *PROFILE, "config")
    environment = {**os.environ, "SECRETS_DIR": str(platform.secrets)}
    whole = json.loads(docker(*command, "--format", "json", environment=environment))["services"]
    return {
        name: stand_in(service, platform.image("auth_db"))
        for name, service in whole.items()
        if "logging" in service.get("profiles", ())
    }


def stand_in(service: dict[str, Any], image: str) -> dict[str, Any]:
    kept = {key: service[key] for key in KEPT if key in service}
    # It is the game's, too, and has ended when this profile starts.
    kept.get("depends_on", {}).pop("setup", None)
    script = "exit 0" if service["restart"] == "no" else LIVES
    health = {"healthcheck": HEALTHY} if "healthcheck" in service else {}
    # The shell's `sleep` ignores SIGTERM, so the stop is shortened.
    quick = {"stop_grace_period": "1s", "network_mode": "none", "user": "1000:0"}
    return {**kept, **health, **quick, "image": image, "entrypoint": ["sh", "-c", script]}


@pytest.fixture(params=[("docker-compose.yml",), THREE_NODES], ids=["one node", "three nodes"])
def services(composed: ComposedPlatform, request: pytest.FixtureRequest) -> Services:
    return services_of(composed, *request.param)


@contextmanager
def project(folder: Path, services: Services) -> Iterator[StandIn]:
    stand_in = StandIn(folder, services)
    try:
        yield stand_in
    finally:
        # The shell's image declares volumes.
        stand_in.compose("down", "--volumes", "--timeout", "1")


def test_the_profile_starts_and_a_second_start_changes_nothing(
    tmp_path: Path, services: Services
) -> None:
    with project(tmp_path, services) as stack:
        for options in (("--wait",), ("--wait",), ()):
            ended = stack.up(*options)
            assert ended.returncode == 0, ended.stderr
            found = stack.states()
            assert found.keys() == services.keys() >= RUNNING | JOBS
            assert {name for name, state in found.items() if state == ("exited", 0)} == JOBS
            assert {found[name][0] for name in found.keys() - JOBS} == {"running"}


def test_a_failed_setup_is_reported_and_keeps_kibana_and_logstash_from_starting(
    composed: ComposedPlatform, tmp_path: Path
) -> None:
    services = services_of(composed, "docker-compose.yml")
    services["elastic_setup"]["entrypoint"] = ["sh", "-c", "exit 1"]
    with project(tmp_path, services) as stack:
        assert stack.up("--wait").returncode != 0
        assert stack.states()["elasticsearch"][0] == "running"
        assert {stack.states()[name][0] for name in ("kibana", "logstash")} == {"created"}


@pytest.mark.parametrize(
    ("broken", "how"),
    [
        ("kibana_setup", {"entrypoint": ["sh", "-c", "exit 1"]}),
        ("kibana", {"entrypoint": ["sh", "-c", "exit 1"], "restart": "no"}),
        ("kibana", {"healthcheck": UNHEALTHY}),
    ],
    ids=["import fails", "kibana ends", "kibana is unwell"],
)
def test_logstash_runs_even_if_kibana_fails(
    composed: ComposedPlatform, tmp_path: Path, broken: str, how: dict[str, Any]
) -> None:
    """The command still reports the failure."""
    services = services_of(composed, "docker-compose.yml")
    with project(tmp_path, {**services, broken: {**services[broken], **how}}) as stack:
        assert stack.up("--wait").returncode != 0
        assert stack.states()["logstash"][0] == "running"
        stack.change(services)
        ended = stack.up("--wait")
        assert ended.returncode == 0, ended.stderr
