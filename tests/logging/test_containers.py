"""Secrets, limits and mounts of the logging containers; the tests need no Docker."""

import re
from pathlib import Path

import pytest
import yaml

from credentials.elastic import CERTIFICATE_NAMES
from tests.logging.compose_file import (
    LOGGING,
    ROOT,
    SERVICES,
    WHOLE,
    named_for_start,
    secrets_of,
    settings_of,
)

CONTRACT = (ROOT / "docs/logging.md").read_text()
WRITERS = ("gateway", "auth", "history", "tournament", "ui")
JOBS = {"elastic_setup", "kibana_setup"}
# Twice the program's heap. Kibana's Node sizes its heap itself.
LIMITS = {"elasticsearch": "1280m", "logstash": "900m", "kibana": "1536m"}


def test_each_secret_is_mounted_only_where_the_contract_names_it() -> None:
    rows = re.findall(r"^\| `(\w+)`.*?\|.*?\|(.*?)\|(.*?)\|$", CONTRACT, flags=re.MULTILINE)
    wanted = {
        name: (set(re.findall(r"`([\w.]+)`", networks)), set(re.findall(r"`([\w.]+)`", secrets)))
        for name, networks, secrets in rows
        if name in LOGGING
    }
    found = {
        name: ({*SERVICES[name]["networks"]}, {*secrets_of(name).values()}) for name in LOGGING
    }
    assert found == wanted
    everything = set().union(*(secrets for _, secrets in wanted.values()))
    for name in SERVICES.keys() - LOGGING:
        assert everything & {*secrets_of(name).values()} == (
            {"elastic_ca.pem"} if name == "gateway" else set()
        )


def test_the_authoritys_key_is_not_mounted() -> None:
    assert not any("elastic_ca_key.pem" in secrets_of(name).values() for name in SERVICES)


@pytest.mark.parametrize("name", sorted(LOGGING))
def test_a_program_gets_exactly_its_mounted_passwords(name: str) -> None:
    files = [Path(path).name for path in secrets_of(name)]
    passwords = [file for file in files if re.search(r"_password$|_encryption_key$", file)]
    assert named_for_start(name) == passwords
    # With an entrypoint, Compose drops the image's command. Logstash needs none.
    assert SERVICES[name].get("command") or name == "logstash"


@pytest.mark.parametrize("name", sorted(LOGGING))
def test_a_container_has_limits_and_no_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name in JOBS)
    limits = service["deploy"]["resources"]["limits"]
    assert limits["memory"] == LIMITS.get(name, "64m")
    assert limits["pids"]
    assert "ports" not in service


def test_elasticsearch_uses_no_swap() -> None:
    assert SERVICES["elasticsearch"]["memswap_limit"] == LIMITS["elasticsearch"]


@pytest.mark.parametrize("name", ["elasticsearch", "logstash"])
def test_a_heap_is_at_most_half_of_the_memory_limit(name: str) -> None:
    """The other half is for Java itself and the system's file cache."""
    options = " ".join(map(str, SERVICES[name]["environment"].values()))
    least, most = re.findall(r"-Xm[sx](\d+)m", options)
    assert least == most
    assert 2 * int(most) <= int(LIMITS[name].removesuffix("m"))


def test_logstash_has_persistent_queues_and_mounts_every_writers_files_read_only() -> None:
    logstash = settings_of("logstash/logstash.yml")
    assert (logstash["queue.type"], logstash["dead_letter_queue.enable"]) == ("persisted", True)
    volumes = {
        it["target"]: it for it in SERVICES["logstash"]["volumes"] if it["source"] != "secrets"
    }
    assert volumes.pop("/usr/share/logstash/data")["source"] == "logstash_data"
    assert {target: it["source"] for target, it in volumes.items()} == {
        f"/logs/{name}": f"{name}_logs" for name in WRITERS
    }
    assert all(it["read_only"] and it["volume"]["nocopy"] for it in volumes.values())


@pytest.mark.parametrize("name", WRITERS)
def test_a_writer_mounts_only_its_own_volume(name: str) -> None:
    mounted = {it["source"]: it["target"] for it in SERVICES[name]["volumes"] if "source" in it}
    assert mounted.pop("secrets", "/run/secrets") == "/run/secrets"
    assert mounted == {f"{name}_logs": "/logs"}
    environment = SERVICES[name]["environment"]
    if name == "gateway":
        assert environment["GATEWAY_LOG_FILE"] == "/logs/access.json"
    else:
        assert environment["LOG_DIR"] == "/logs"


def test_setup_mounts_its_files_in_the_same_structure() -> None:
    configs = {
        it["target"]: WHOLE["configs"][it["source"]]["file"]
        for it in SERVICES["elastic_setup"]["configs"]
    }
    assert SERVICES["kibana_setup"]["configs"] == SERVICES["elastic_setup"]["configs"]
    assert configs.pop("/with-secrets.sh") == "ops/elk/with-secrets.sh"
    assert configs.pop("/setup/setup.sh") == "ops/elk/setup/setup.sh"
    assert configs.pop("/setup/objects.ndjson") == "ops/elk/kibana/objects.ndjson"
    assert configs == {
        f"/setup/{path.removeprefix('ops/elk/elasticsearch/')}": path for path in configs.values()
    }
    assert (ROOT / "ops/elk/setup/setup.sh").is_file()


def test_setup_gets_the_settings_that_an_operator_may_choose() -> None:
    rows = re.findall(r"^\| (`LOG_.*?`) \| (`.*?`) \|", CONTRACT, flags=re.MULTILINE)
    wanted = {
        name: value
        for names, values in rows
        for name, value in zip(
            re.findall(r"`(\w+)`", names), re.findall(r"`(\w+)`", values), strict=True
        )
    }
    environment = SERVICES["elastic_setup"]["environment"]
    assert wanted == {
        name: re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value)
        for name, value in environment.items()
        if name.startswith("LOG_")
    }
    assert environment["ELASTIC_CA"] in secrets_of("elastic_setup")


def test_one_of_three_nodes_initialises_the_cluster_and_each_has_its_own_data() -> None:
    override = yaml.safe_load((ROOT / "ops/elk/three-nodes.yml").read_text())["services"]
    nodes = {name: override[name] for name in ("elasticsearch", "es02", "es03")}
    begin = "ES_SETTING_CLUSTER_INITIAL__MASTER__NODES"
    assert {name for name, it in nodes.items() if begin in it["environment"]} == {"elasticsearch"}
    own = nodes.pop("elasticsearch")["environment"]
    assert own["ES_SETTING_DISCOVERY_TYPE"] == "multi-node"
    found = {value.value for value in CERTIFICATE_NAMES["elasticsearch"]}
    for name, node in nodes.items():
        assert node["environment"]["ES_SETTING_NODE_NAME"] == name
        assert node["environment"]["ES_SETTING_DISCOVERY_SEED__HOSTS"] == ",".join(
            ("elasticsearch", *nodes)
        )
        assert [it["source"] for it in node["volumes"]] == [f"{name}_data"]
        assert name in found
        assert name in override["elastic_setup"]["depends_on"]
