"""Prometheus's configuration here: the containers' file with this machine's addresses instead of host names."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Required, TypedDict, cast

import yaml

from launcher.databases import SERVICES
from launcher.errors import LaunchError
from launcher.postgres import HOST
from launcher.settings import Ports

CONFIGURATION = "prometheus.yml"
# Readable by any account that Prometheus runs as.
FILE_MODE = 0o644
DNS_LABEL_PREFIX = "__meta_dns_"

# The address here by job and service; None if it does not run on this machine.
TargetAddresses = Mapping[tuple[str, str], str | None]


class TargetUnknown(LaunchError):
    def __init__(self, job: str, service: str) -> None:
        super().__init__(
            f"{CONFIGURATION} watches '{service}' in the job '{job}', and the launcher knows no address "
            "for it on this machine: say it in tools/launcher/src/launcher/monitoring/scraping.py"
        )


class DiscoveryUnknown(LaunchError):
    def __init__(self, job: str) -> None:
        super().__init__(
            f"The job '{job}' of {CONFIGURATION} finds its targets in a way that the launcher cannot put addresses "
            "of this machine into: it knows static_configs and dns_sd_configs"
        )


class StaticTargets(TypedDict, total=False):
    targets: Required[list[str]]
    labels: dict[str, str]


class NamedTargets(TypedDict, total=False):
    names: Required[list[str]]


class RelabelRule(TypedDict, total=False):
    source_labels: list[str]


class ScrapeJob(TypedDict, total=False):
    """The keys that are changed; the others stay as they are."""

    job_name: Required[str]
    static_configs: list[StaticTargets]
    dns_sd_configs: list[NamedTargets]
    relabel_configs: list[RelabelRule]


class AlertingSection(TypedDict):
    alertmanagers: list[dict[str, object]]


class PrometheusConfiguration(TypedDict):
    rule_files: list[str]
    alerting: AlertingSection
    scrape_configs: list[ScrapeJob]


def local_target_addresses(ports: Ports, watched_databases: Collection[str]) -> TargetAddresses:
    """Return the addresses of all targets; docs/monitoring.md has the same table."""

    def at(name: str) -> str:
        return f"{HOST}:{getattr(ports, name)}"

    return {
        **{("services", name): at(name) for name in (*SERVICES, "ui")},
        ("gateway", "gateway"): at("gateway_status"),
        # The wheel's nginx is built without stub_status.
        ("nginx", "gateway"): None,
        **{
            ("postgres", name): at(f"{name}_db_exporter") if name in watched_databases else None
            for name in SERVICES
        },
        ("node", "host"): at("node_exporter"),
        ("prometheus", "prometheus"): at("prometheus"),
        ("alertmanager", "alertmanager"): at("alertmanager"),
        ("grafana", "grafana"): None,
    }


def install_configuration(source: Path, target: Path, addresses: TargetAddresses) -> Path:
    """Write the configuration and copy its rule files into a folder; return the configuration's path.

    Raises TargetUnknown for a target that `addresses` does not have, or DiscoveryUnknown.
    """
    configuration = cast(
        "PrometheusConfiguration", yaml.safe_load((source / CONFIGURATION).read_text())
    )
    for name in configuration["rule_files"]:
        _copy_rules(source / name, target / name)
    path = target / CONFIGURATION
    path.write_text(yaml.safe_dump(_with_local_targets(configuration, addresses), sort_keys=False))
    path.chmod(FILE_MODE)
    return path


def _with_local_targets(
    configuration: PrometheusConfiguration, addresses: TargetAddresses
) -> PrometheusConfiguration:
    alertmanager = _target_address(addresses, "alertmanager", "alertmanager")
    settled = [_job_with_local_targets(job, addresses) for job in configuration["scrape_configs"]]
    return {
        **configuration,
        "alerting": {
            **configuration["alerting"],
            "alertmanagers": [
                {**each, "static_configs": [{"targets": [alertmanager]}]}
                for each in configuration["alerting"]["alertmanagers"]
            ],
        },
        "scrape_configs": [job for job in settled if job["static_configs"]],
    }


def _job_with_local_targets(job: ScrapeJob, addresses: TargetAddresses) -> ScrapeJob:
    targets: list[StaticTargets] = []
    for labels in _labels_of_targets(job):
        address = _target_address(addresses, job["job_name"], labels["service"])
        if address is not None:
            targets.append({"targets": [address], "labels": labels})
    settled: ScrapeJob = {**job, "static_configs": targets}
    settled.pop("dns_sd_configs", None)
    if "relabel_configs" in job:
        settled["relabel_configs"] = [
            # Copied, because otherwise the file's anchors would appear as `&id001`.
            {**each}
            for each in job["relabel_configs"]
            # Rules that use a host name would empty the labels given here.
            if not any(
                label.startswith(DNS_LABEL_PREFIX) for label in each.get("source_labels", [])
            )
        ]
    return settled


def _labels_of_targets(job: ScrapeJob) -> Iterator[dict[str, str]]:
    ways = {key for key in job if key == "static_configs" or key.endswith("_sd_configs")}
    if not ways or ways - {"static_configs", "dns_sd_configs"}:
        raise DiscoveryUnknown(job["job_name"])
    for static in job.get("static_configs", []):
        yield {"service": "", **static.get("labels", {})}
    for named in job.get("dns_sd_configs", []):
        for name in named["names"]:
            yield {"service": name}


def _target_address(addresses: TargetAddresses, job: str, service: str) -> str | None:
    try:
        return addresses[job, service]
    except KeyError:
        raise TargetUnknown(job, service) from None


def _copy_rules(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(FILE_MODE)
