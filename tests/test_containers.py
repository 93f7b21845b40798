"""What the container files must agree on with the rest of the house; needs no Docker."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILES = {name: (ROOT / name).read_text() for name in ("Dockerfile", "gateway/Dockerfile")}
EXAMPLE = (ROOT / ".env.example").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
CONFIGS: dict[str, dict[str, str]] = yaml.safe_load(COMPOSE)["configs"]
# What a Swarm stores of one.
MAX_CONFIG_BYTES = 500_000
# Programs that an image of others has; any that we build has what its Dockerfile says.
PROGRAMS = {
    "axllent/mailpit": {"/mailpit"},
    "postgres": {"pg_isready"},
    "prom/prometheus": {"wget"},
    "prom/alertmanager": {"wget"},
    "prom/node-exporter": {"wget"},
    "prometheuscommunity/postgres-exporter": {"wget"},
    "grafana/grafana": {"curl"},
    "docker.elastic.co/elasticsearch/elasticsearch": {"sh"},
    "docker.elastic.co/logstash/logstash": {"curl"},
    "docker.elastic.co/kibana/kibana": {"curl"},
    # Nothing but itself.
    "nginx/nginx-prometheus-exporter": set(),
}
PROFILES = ("monitoring", "logging")
THREE_NODES = "ops/elk/three-nodes.yml"
# What is in one version everywhere, and may be another one for all.
OF_ONE_VERSION = re.compile(r"\$\{ELASTIC_VERSION:-(\d+\.\d+\.\d+)\}")
OURS = {"gateway": "curl", **dict.fromkeys(("ui", "auth", "history", "tournament"), "python")}


def images() -> list[str]:
    """Every image of others, by the name that is pulled."""
    froms = [
        found
        for text in DOCKERFILES.values()
        for found in re.findall(r"^(?:FROM|ARG \w+=)\s*([\w./-]+:\S+)", text, flags=re.MULTILINE)
        + re.findall(r"^ARG \w+=(\S+:\S+)", text, flags=re.MULTILINE)
    ]
    named = re.findall(r"^\s+image: ([\w./-]+:\S+)", COMPOSE, flags=re.MULTILINE)
    return [*froms, *(OF_ONE_VERSION.sub(r"\1", name) for name in named)]


def test_every_image_is_pinned_to_a_version() -> None:
    found = images()
    assert {name.partition(":")[0] for name in found} == {
        "ghcr.io/astral-sh/uv",
        "python",
        "nginx",
        "postgres",
        "axllent/mailpit",
        "prom/prometheus",
        "prom/alertmanager",
        "prom/node-exporter",
        "prometheuscommunity/postgres-exporter",
        "nginx/nginx-prometheus-exporter",
        "grafana/grafana",
        "docker.elastic.co/elasticsearch/elasticsearch",
        "docker.elastic.co/logstash/logstash",
        "docker.elastic.co/kibana/kibana",
    }
    for name in found:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w-]+)?", name), name


def test_our_images_are_never_pulled() -> None:
    """A registry of somebody else may have one of that name."""
    ours = {name for name, it in SERVICES.items() if "${IMAGE_PREFIX" in it["image"]}
    assert ours == {*OURS, "auth_migrations", "history_migrations", "tournament_migrations"}
    assert {name for name, it in SERVICES.items() if it.get("pull_policy") == "never"} == ours


def test_elastics_programs_are_of_one_version() -> None:
    """What one of them writes, another version of the others may not read."""
    defaults = set(OF_ONE_VERSION.findall(COMPOSE))
    assert f"\nELASTIC_VERSION={defaults.pop()}\n" in EXAMPLE
    assert not defaults


def test_images_are_built_with_the_uv_that_clones_use() -> None:
    wanted = re.search(
        r"^UV_VERSION=(\S+)", (ROOT / "tools/bootstrap-uv").read_text(), re.MULTILINE
    )
    assert wanted is not None
    assert f"ghcr.io/astral-sh/uv:{wanted[1]} " in DOCKERFILES["Dockerfile"]


def test_what_can_be_chosen_is_explained() -> None:
    chosen = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))
    explained = set(re.findall(r"^#? ?([A-Z0-9_]+)=", EXAMPLE, flags=re.MULTILINE))
    assert {"GATEWAY_PORT", "SECRETS_DIR"} <= chosen
    assert chosen <= explained


def test_nothing_secret_is_in_an_environment() -> None:
    """A secret is a file that a container names; an environment is shown by every inspection."""
    environments = re.findall(r"^\s+([A-Z0-9_]+): (.+)$", COMPOSE, flags=re.MULTILINE)
    assert environments
    for name, value in environments:
        if re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL", name):
            assert value.startswith("/run/secrets/"), name


def test_a_health_check_runs_what_its_image_has() -> None:
    for name, service in SERVICES.items():
        image = service["image"].partition(":")[0]
        allowed = {OURS[name]} if name in OURS else PROGRAMS.get(image, set())
        check = service.get("healthcheck")
        if check is None:
            # Jobs end, and this image could run none.
            assert service["restart"] == "no" or PROGRAMS[image] == set(), name
        else:
            assert check["test"][0] == "CMD", name
            assert check["test"][1] in allowed, name


def test_ports_are_published_by_gateway_and_mail_only() -> None:
    published = {name for name, service in SERVICES.items() if service.get("ports")}
    assert published == {"gateway", "mail"}


def test_only_what_watches_the_host_sees_it() -> None:
    """Its network, its processes, its files: each is a way around every wall between containers."""
    binds = {
        name
        for name, service in SERVICES.items()
        for volume in service.get("volumes", ())
        if volume["type"] == "bind"
    }
    near = {
        name
        for name, it in SERVICES.items()
        if {"network_mode", "pid", "privileged", "ipc"} & {*it}
    }
    assert binds == near == {"host_exporter"}
    (mount,) = SERVICES["host_exporter"]["volumes"]
    assert mount["read_only"] is True


def test_the_game_runs_without_monitoring_and_logging() -> None:
    """And waits for none of it; nor does one of the two for the other."""
    of_profile = {
        profile: {name for name, it in SERVICES.items() if it.get("profiles") == [profile]}
        for profile in PROFILES
    }
    assert {"prometheus", "grafana"} <= of_profile["monitoring"]
    assert {"elasticsearch", "logstash", "kibana"} <= of_profile["logging"]
    optional = set().union(*of_profile.values())
    assert optional == {name for name, service in SERVICES.items() if service.get("profiles")}
    for name, service in SERVICES.items():
        own = next((names for names in of_profile.values() if name in names), set())
        assert not (optional - own) & set(service.get("depends_on", ())), name


@pytest.mark.parametrize("files", [(), (THREE_NODES,)], ids=["one node", "three nodes"])
@pytest.mark.parametrize("profiles", [(), ("monitoring",), ("logging",), PROFILES])
def test_compose_can_read_every_combination(
    profiles: tuple[str, ...], files: tuple[str, ...]
) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False).returncode:
        missing = "the program docker with its plugin compose is missing"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    options = [f"--file={ROOT / file}" for file in ("docker-compose.yml", *files)]
    options += [f"--profile={profile}" for profile in profiles]
    command = [docker, "compose", "--env-file", os.devnull, *options, "config", "--quiet"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    # It also complains of variables that are given no value, and goes on.
    assert (ended.returncode, ended.stderr) == (0, "")


def test_nobody_but_gateway_and_monitoring_is_near_grafana() -> None:
    """It believes what a request says of who sent it."""
    near = {
        name for name, service in SERVICES.items() if "operators" in service.get("networks", ())
    }
    assert SERVICES["grafana"]["networks"] == ["operators"]
    assert near == {"gateway", "prometheus", "alertmanager", "grafana"}


def test_every_file_of_monitoring_and_logging_is_in_a_container() -> None:
    mounted = {config["file"] for config in CONFIGS.values()}
    folders = (
        "ops/prometheus/*.yml",
        "ops/alertmanager/**/*",
        "ops/grafana/**/*",
        "ops/postgres/*",
        "ops/elk/**/*",
    )
    files = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in ROOT.glob(folder)
        if path.is_file() and path.suffix != ".md"
    } - {THREE_NODES}
    assert len(files) > len(folders)
    assert files == mounted
    used = {config["source"] for it in SERVICES.values() for config in it.get("configs", ())}
    assert used == set(CONFIGS)


def test_a_configuration_is_one_that_containers_can_read_and_a_swarm_can_keep() -> None:
    for name, config in CONFIGS.items():
        state = (ROOT / config["file"]).stat()
        assert state.st_size <= MAX_CONFIG_BYTES, name
        assert state.st_mode & 0o004, name
