"""The monitoring parts. None of them is needed: if one fails, players notice nothing."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from credentials.whole_files import write_atomically
from launcher.databases import SERVICES
from launcher.monitoring.exporters import exporter_environments, exporter_url_variable
from launcher.monitoring.programs import MonitoringPrograms, knows_option
from launcher.monitoring.scraping import install_configuration, local_target_addresses
from launcher.parts import HttpProbe, Part
from launcher.platform_parts import sink_mail_settings
from launcher.postgres import HOST
from launcher.settings import Settings
from launcher.state_folder import StateFolder

# Objectives are measured over 30 days.
RETENTION_TIME = "31d"
RETENTION_SIZE = "2GB"
SMTP_PASSWORD_FILE_MODE = 0o600


def monitoring_parts(
    settings: Settings, state_folder: StateFolder, programs: MonitoringPrograms
) -> tuple[Part, ...]:
    """Return the parts; raises TargetUnknown or DiscoveryUnknown if the configuration contains an unknown name."""
    environments = exporter_environments(settings, state_folder)
    configuration = install_configuration(
        state_folder.clone / "ops" / "prometheus",
        _empty_folder(state_folder, "monitoring"),
        local_target_addresses(settings.ports, environments),
    )
    return (
        _alertmanager(settings, state_folder, programs.alertmanager),
        _node_exporter(settings, state_folder, programs.node_exporter),
        *(
            _postgres_exporter(
                service, settings, state_folder, programs.postgres_exporter, environment
            )
            for service, environment in environments.items()
        ),
        _prometheus(settings, state_folder, programs.prometheus, configuration),
    )


def unwatched_databases_notice(settings: Settings, state_folder: StateFolder) -> str | None:
    """Return a sentence that names the settings for databases that are not monitored, or None if all are monitored."""
    watched = exporter_environments(settings, state_folder)
    variables = [exporter_url_variable(service) for service in SERVICES if service not in watched]
    if not variables:
        return None
    return (
        "Not every database is watched: where they are another server's, give "
        f"{', '.join(variables)} with a role that is a member of pg_monitor"
    )


def _prometheus(
    settings: Settings, state_folder: StateFolder, program: Path, configuration: Path
) -> Part:
    data = state_folder.unprivileged_folder("prometheus")
    address = f"{HOST}:{settings.ports.prometheus}"
    return Part(
        name="prometheus",
        command=(
            str(program),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={data}",
            f"--storage.tsdb.retention.time={RETENTION_TIME}",
            f"--storage.tsdb.retention.size={RETENTION_SIZE}",
            f"--web.listen-address={address}",
            # Links contain the gateway's address, which removes the path prefix again; clients on this machine use
            # none.
            f"--web.external-url={settings.public_url}/prometheus/",
            "--web.route-prefix=/",
        ),
        probe=HttpProbe((f"http://{address}/-/ready",)),
        directory=data,
        account=state_folder.account,
        needed=False,
    )


def _alertmanager(settings: Settings, state_folder: StateFolder, program: Path) -> Part:
    folder = state_folder.private_folder("alertmanager")
    address = f"{HOST}:{settings.ports.alertmanager}"
    return Part(
        name="alertmanager",
        command=(
            "/bin/sh",
            str(state_folder.clone / "ops" / "alertmanager" / "start.sh"),
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address={address}",
        ),
        probe=HttpProbe((f"http://{address}/-/ready",)),
        directory=folder,
        environment={
            "ALERTMANAGER": str(program),
            "CONFIG_FOLDER": str(folder),
            "PUBLIC_URL": settings.public_url,
            **_mail_settings(settings, state_folder),
        },
        needed=False,
    )


def _node_exporter(settings: Settings, state_folder: StateFolder, program: Path) -> Part:
    address = f"{HOST}:{settings.ports.node_exporter}"
    return Part(
        name="node-exporter",
        # Debian's build also asks systemd, which has no data for this setup, and logs errors if systemd is missing.
        command=(str(program), f"--web.listen-address={address}", "--no-collector.systemd"),
        probe=HttpProbe((f"http://{address}/",)),
        directory=state_folder.folder,
        account=state_folder.account,
        needed=False,
    )


def _postgres_exporter(
    service: str,
    settings: Settings,
    state_folder: StateFolder,
    program: Path,
    environment: Mapping[str, str],
) -> Part:
    address = f"{HOST}:{getattr(settings.ports, f'{service}_db_exporter')}"
    return Part(
        name=f"{service}-db-exporter",
        command=(
            str(program),
            f"--web.listen-address={address}",
            *_options_for_old_exporter(program),
        ),
        # Not its metrics: the exporter must work, and report it, while the database is down.
        probe=HttpProbe((f"http://{address}/",)),
        directory=state_folder.folder,
        environment=environment,
        needed=False,
    )


def _options_for_old_exporter(program: Path) -> tuple[str, ...]:
    """Disable a collector that, until version 0.12, queries columns that PostgreSQL 17 has moved: each query would log
    an error in the server."""
    collector = "collector.bgwriter"
    return (f"--no-{collector}",) if knows_option(program, f"--{collector}") else ()


def _mail_settings(settings: Settings, state_folder: StateFolder) -> dict[str, str]:
    """Return Alertmanager's mail settings, the same as auth's. Alertmanager reads a password only from a file."""
    path = state_folder.private_folder("secrets") / "ALERT_SMTP_PASSWORD"
    if settings.keeps_mail_local:
        path.unlink(missing_ok=True)
        return {**sink_mail_settings(settings), "SMTP_PASSWORD_FILE": ""}
    password = settings.environment.get("SMTP_PASSWORD")
    if not password:
        path.unlink(missing_ok=True)
        return {}
    write_atomically(path, password.encode(), SMTP_PASSWORD_FILE_MODE)
    return {"SMTP_PASSWORD_FILE": str(path)}


def _empty_folder(state_folder: StateFolder, name: str) -> Path:
    """Return an empty folder, so that files of an older version are not read."""
    shutil.rmtree(state_folder.folder / name, ignore_errors=True)
    return state_folder.passable_folder(name)
