"""Consistency of the container files with the rest of the repository; the tests need no Docker."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from credentials.parts import PARTS

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILES = {name: (ROOT / name).read_text() for name in ("Dockerfile", "gateway/Dockerfile")}
EXAMPLE = (ROOT / ".env.example").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
CONFIGS: dict[str, dict[str, str]] = yaml.safe_load(COMPOSE)["configs"]
# The largest config that a Swarm stores.
MAX_CONFIG_BYTES = 500_000
# Programs in the images of others; those in our images are in their Dockerfiles.
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
    # This image contains only its own program.
    "nginx/nginx-prometheus-exporter": set(),
}
PROFILES = ("monitoring", "logging")
THREE_NODES = "ops/elk/three-nodes.yml"
# The variable of a version that all of Elastic's images share.
OF_ONE_VERSION = re.compile(r"\$\{ELASTIC_VERSION:-(\d+\.\d+\.\d+)\}")
OURS = {"gateway": "curl", **dict.fromkeys(("ui", "auth", "history", "tournament"), "python")}
SETUP = "setup"


def images() -> list[str]:
    """Return every image of others, by the name that is pulled."""
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
    """A public registry could contain an image of another owner with the same name."""
    ours = {name for name, it in SERVICES.items() if "${IMAGE_PREFIX" in it["image"]}
    assert ours == {*OURS, SETUP, "auth_migrations", "history_migrations", "tournament_migrations"}
    assert {name for name, it in SERVICES.items() if it.get("pull_policy") == "never"} == ours


def test_elastics_programs_have_one_version() -> None:
    """Each of them may be unable to read data of another version."""
    defaults = set(OF_ONE_VERSION.findall(COMPOSE))
    assert f"\nELASTIC_VERSION={defaults.pop()}\n" in EXAMPLE
    assert not defaults


def test_images_are_built_with_the_uv_version_of_clones() -> None:
    wanted = re.search(
        r"^UV_VERSION=(\S+)", (ROOT / "tools/bootstrap-uv").read_text(), re.MULTILINE
    )
    assert wanted is not None
    assert f"ghcr.io/astral-sh/uv:{wanted[1]} " in DOCKERFILES["Dockerfile"]


def test_every_variable_is_explained_in_env_example() -> None:
    chosen = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))
    explained = set(re.findall(r"^#? ?([A-Z0-9_]+)=", EXAMPLE, flags=re.MULTILINE))
    assert {"GATEWAY_PORT", "SECRETS_DIR"} <= chosen
    assert chosen <= explained


def test_no_secret_is_in_an_environment() -> None:
    """A secret is mounted as a file, since every inspection of a
    container shows its environment."""
    environments = re.findall(r"^\s+([A-Z0-9_]+): (.+)$", COMPOSE, flags=re.MULTILINE)
    assert environments
    for name, value in environments:
        if re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL", name):
            assert value.startswith("/run/secrets/"), name


def test_a_health_check_uses_a_program_of_its_image() -> None:
    for name, service in SERVICES.items():
        image = service["image"].partition(":")[0]
        allowed = {OURS[name]} if name in OURS else PROGRAMS.get(image, set())
        check = service.get("healthcheck")
        if check is None:
            # Jobs end, and this image has no program for a health check.
            assert service["restart"] == "no" or PROGRAMS[image] == set(), name
        else:
            assert check["test"][0] == "CMD", name
            assert check["test"][1] in allowed, name


def test_only_gateway_and_mail_publish_ports() -> None:
    published = {name for name, service in SERVICES.items() if service.get("ports")}
    assert published == {"gateway", "mail"}


def test_only_the_host_exporter_and_the_setup_access_the_host() -> None:
    """The host's network, processes and files each bypass the isolation between containers."""
    binds = [
        (name, volume)
        for name, service in SERVICES.items()
        for volume in service.get("volumes", ())
        if volume["type"] == "bind"
    ]
    near = {
        name
        for name, it in SERVICES.items()
        if {"network_mode", "pid", "privileged", "ipc"} & {*it}
    }
    assert {name for name, _ in binds} == near == {"host_exporter", SETUP}
    assert all(volume["read_only"] is True for _, volume in binds)
    assert SERVICES[SETUP]["network_mode"] == "none"


def test_each_container_mounts_its_own_part_of_the_secrets() -> None:
    mounted = {
        (name, volume["volume"]["subpath"])
        for name, it in SERVICES.items()
        for volume in it.get("volumes", ())
        if volume.get("source") == "secrets" and name != SETUP
    }
    shared = {("history_migrations", "history"), ("tournament_migrations", "tournament")}
    certificates = ("elasticsearch", "elasticsearch_certificates")
    assert mounted - shared - {certificates} == {
        (part, part) for part in PARTS if part != certificates[1]
    }
    assert mounted >= {*shared, certificates}


def test_whoever_reads_secrets_starts_after_the_setup() -> None:
    def is_after_setup(name: str) -> bool:
        before = SERVICES[name].get("depends_on", {})
        if SETUP in before:
            return bool(before[SETUP]["condition"] == "service_completed_successfully")
        return any(map(is_after_setup, before))

    for name, it in SERVICES.items():
        if name != SETUP and any(each.get("source") == "secrets" for each in it.get("volumes", ())):
            assert is_after_setup(name), name


def test_the_game_does_not_depend_on_monitoring_and_logging() -> None:
    """Monitoring and logging do not depend on each other, either."""
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
def test_compose_accepts_every_combination_of_profiles(
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
    # Compose also warns about variables without a value, and continues.
    assert (ended.returncode, ended.stderr) == (0, "")


def test_only_gateway_and_monitoring_share_a_network_with_grafana() -> None:
    """Grafana trusts the headers in which a request names its user."""
    near = {
        name for name, service in SERVICES.items() if "operators" in service.get("networks", ())
    }
    assert SERVICES["grafana"]["networks"] == ["operators"]
    assert near == {"gateway", "prometheus", "alertmanager", "grafana"}


def test_every_file_of_monitoring_and_logging_is_mounted() -> None:
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


def test_every_config_is_readable_by_containers_and_small_enough_for_a_swarm() -> None:
    for name, config in CONFIGS.items():
        state = (ROOT / config["file"]).stat()
        assert state.st_size <= MAX_CONFIG_BYTES, name
        assert state.st_mode & 0o004, name
