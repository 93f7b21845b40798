"""Prometheus's configuration without containers, derived from the containers' file."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from launcher.databases import SERVICES
from launcher.monitoring.scraping import (
    DiscoveryUnknown,
    TargetUnknown,
    install_configuration,
    local_target_addresses,
)
from launcher.settings import Ports

SOURCE = Path(__file__).parents[3] / "ops" / "prometheus"
ADDRESSES = local_target_addresses(Ports(), SERVICES)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the containers' configuration that a test may change."""
    folder = tmp_path / "source"
    folder.mkdir()
    for path in SOURCE.glob("*.yml"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_every_target_is_on_this_machine_under_its_name_in_containers(
    target: Path,
) -> None:
    found = read(install_configuration(SOURCE, target, ADDRESSES))
    assert targets(found) == {
        ("services", "auth", "127.0.0.1:8001"),
        ("services", "history", "127.0.0.1:8002"),
        ("services", "tournament", "127.0.0.1:8003"),
        ("services", "ui", "127.0.0.1:8000"),
        ("gateway", "gateway", "127.0.0.1:8092"),
        ("postgres", "auth", "127.0.0.1:8487"),
        ("postgres", "history", "127.0.0.1:8488"),
        ("postgres", "tournament", "127.0.0.1:8489"),
        ("node", "host", "127.0.0.1:8400"),
        ("prometheus", "prometheus", "127.0.0.1:8490"),
        ("alertmanager", "alertmanager", "127.0.0.1:8493"),
    }
    assert found["alerting"]["alertmanagers"] == [
        {"static_configs": [{"targets": ["127.0.0.1:8493"]}]}
    ]


def test_every_target_has_its_host_label_of_the_containers(target: Path) -> None:
    found = read(install_configuration(SOURCE, target, ADDRESSES))
    for job in found["scrape_configs"]:
        rewritten = {
            each["target_label"]: each["replacement"] for each in job.get("relabel_configs", [])
        }
        for static in job["static_configs"]:
            assert {**static["labels"], **rewritten}["host"] == "main"
            # A rewritten service label would be empty and replace the target's own label.
            assert "service" not in rewritten


def test_other_settings_of_the_file_are_kept(source: Path, target: Path) -> None:
    changed = read(source / "prometheus.yml")
    changed["global"]["scrape_interval"] = "7s"
    changed["alerting"]["alert_relabel_configs"] = [{"regex": "replica", "action": "labeldrop"}]
    changed["scrape_configs"][0]["sample_limit"] = 500
    (source / "prometheus.yml").write_text(yaml.safe_dump(changed))
    found = read(install_configuration(source, target, ADDRESSES))
    assert found["global"] == changed["global"]
    assert found["alerting"]["alert_relabel_configs"]
    assert found["scrape_configs"][0]["sample_limit"] == 500


def test_the_rules_are_the_files_of_the_containers(target: Path) -> None:
    found = read(install_configuration(SOURCE, target, ADDRESSES))
    assert len(found["rule_files"]) == 4
    for name in found["rule_files"]:
        assert (target / name).read_bytes() == (SOURCE / name).read_bytes()


def test_prometheus_accepts_the_configuration(target: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        missing = "promtool is missing: apt-get install prometheus"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    path = install_configuration(SOURCE, target, ADDRESSES)
    done = subprocess.run(
        [promtool, "check", "config", path], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_unmonitored_database_is_no_target(target: Path) -> None:
    found = read(
        install_configuration(SOURCE, target, local_target_addresses(Ports(), ["history"]))
    )
    assert {service for job, service, _ in targets(found) if job == "postgres"} == {"history"}
    path = install_configuration(SOURCE, target, local_target_addresses(Ports(), []))
    assert "postgres" not in {job["job_name"] for job in read(path)["scrape_configs"]}


@pytest.mark.parametrize(
    "job",
    [
        {"job_name": "cache", "static_configs": [{"targets": ["cache:1"]}]},
        {"job_name": "services", "dns_sd_configs": [{"names": ["cache"], "type": "A", "port": 1}]},
        {
            "job_name": "node",
            "static_configs": [{"targets": ["cache:1"], "labels": {"service": "cache"}}],
        },
    ],
)
def test_a_target_without_an_address_is_refused(
    source: Path, target: Path, job: dict[str, object]
) -> None:
    add_job(source, job)
    with pytest.raises(TargetUnknown, match=f"the job '{job['job_name']}'"):
        install_configuration(source, target, ADDRESSES)


@pytest.mark.parametrize("way", [{}, {"file_sd_configs": [{"files": ["others.yml"]}]}])
def test_other_discovery_methods_are_refused(
    source: Path, target: Path, way: dict[str, object]
) -> None:
    add_job(source, {"job_name": "cache", **way})
    with pytest.raises(DiscoveryUnknown, match="The job 'cache'"):
        install_configuration(source, target, ADDRESSES)


def add_job(source: Path, job: dict[str, object]) -> None:
    changed = read(source / "prometheus.yml")
    changed["scrape_configs"].append(job)
    (source / "prometheus.yml").write_text(yaml.safe_dump(changed))


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def targets(configuration: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (job["job_name"], static["labels"]["service"], address)
        for job in configuration["scrape_configs"]
        for static in job["static_configs"]
        for address in static["targets"]
    }
