"""`make up`: starts the platform from a clone, in the order of the steps in this file."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from credentials.secret_store import ensure_secret
from launcher import frontend
from launcher.checks import check_free_space, check_ports, check_setpriv, hold_clone_lock
from launcher.console import Report, seconds_since
from launcher.databases import SERVICES, database_urls, provision_databases
from launcher.gateway import (
    check_configuration,
    find_nginx,
    install_configuration,
    read_environment,
)
from launcher.leftovers import end_leftovers
from launcher.mail import showing_mail_announcements
from launcher.migrations import migrate_database
from launcher.monitoring.exporters import ensure_monitor_password
from launcher.monitoring.parts import monitoring_parts, unwatched_databases_notice
from launcher.monitoring.programs import find_programs
from launcher.parts import Part, Stage
from launcher.platform_parts import (
    assets_folder,
    gateway_certificate,
    gateway_part,
    gateway_variables,
    listeners_of_run,
    mail_part,
    postgres_part,
    service_environment,
    service_part,
)
from launcher.postgres import Cluster, readable_binaries
from launcher.run import run_stages
from launcher.settings import Settings
from launcher.state_folder import StateFolder, open_state_folder

SUPERUSER_SECRET = "POSTGRES_PASSWORD"  # noqa: S105 (a name)


class LaunchContext:
    """The data that the steps of one `make up` share."""

    def __init__(self, clone: Path, settings: Settings, report: Report) -> None:
        # Before anything is written or started.
        self.monitoring = find_programs() if settings.monitoring else None
        self.state_folder = open_state_folder(clone)
        self.settings = settings
        self.report = report
        self.run_folder = self.state_folder.private_folder("run")
        self.state_folder.private_folder("logs")
        # By the link, whose name the user can follow; under root the folder itself is elsewhere.
        self.logs = self.state_folder.link / "logs"


async def start_platform(
    clone: Path, settings: Settings, report: Report, cleanup: AsyncExitStack
) -> None:
    """Start the platform and supervise it until this is cancelled; `cleanup` stops it.

    Raises LaunchError.
    """
    started = time.monotonic()
    launch = LaunchContext(clone, settings, report)
    cleanup.enter_context(hold_clone_lock(launch.run_folder, launch.state_folder.clone))
    await _check_preconditions(launch)
    cluster = _prepare_cluster(launch) if settings.database_urls is None else None
    gateway = _prepare_gateway(launch)
    await _prepare_front_end(launch)
    mail_lines = cleanup.enter_context(showing_mail_announcements(report.print_news))
    stages = _build_stages(launch, cluster, gateway, mail_lines)
    await run_stages(
        stages,
        logs=launch.logs,
        report=report,
        cleanup=cleanup,
        announce=lambda: _announce(launch, started),
    )


async def _check_preconditions(launch: LaunchContext) -> None:
    with launch.report.spinner("Looking for what the last run left …"):
        ended = await end_leftovers(launch.logs)
    if ended:
        launch.report.print_notice(f"Ended what a killed run had left: {', '.join(ended)}")
    defaults = read_environment(launch.state_folder.clone / "gateway" / "defaults.env")
    host = launch.settings.environment.get("GATEWAY_BIND") or defaults["GATEWAY_BIND"]
    check_ports(listeners_of_run(launch.settings, host))
    check_free_space(launch.state_folder.folder)
    check_setpriv()


def _prepare_cluster(launch: LaunchContext) -> Cluster:
    state_folder = launch.state_folder
    cluster = Cluster(
        binaries=readable_binaries(state_folder.folder, state_folder.account),
        data=state_folder.unprivileged_folder("postgres") / "data",
        port=launch.settings.ports.postgres,
        password=ensure_secret(state_folder.private_folder("secrets"), SUPERUSER_SECRET),
        account=state_folder.account,
    )
    cluster.check_data()
    if not cluster.data.exists():
        with launch.report.timed_step("new database"):
            cluster.initialise_data()
    return cluster


def _prepare_gateway(launch: LaunchContext) -> Part:
    state_folder, settings = launch.state_folder, launch.settings
    nginx = find_nginx(settings.environment.get("NGINX"))
    prefix = state_folder.passable_folder("gateway")
    tls = gateway_certificate(state_folder)
    source = state_folder.clone / "gateway"
    state_folder.passable_folder("assets")
    install_configuration(
        source, prefix, gateway_variables(source, prefix, settings, state_folder, tls)
    )
    check_configuration(nginx, prefix)
    return gateway_part(settings, nginx, prefix, tls)


async def _prepare_front_end(launch: LaunchContext) -> None:
    ui, report = launch.state_folder.clone / "ui", launch.report
    started = time.monotonic()
    with report.spinner("Front-end packages …"):
        fresh = await frontend.install_packages(ui, launch.logs / "npm.log")
    report.print_done("front-end packages", seconds_since(started) if fresh else "up to date")
    started = time.monotonic()
    with report.spinner("Static files …"):
        target = assets_folder(launch.state_folder)
        runbooks = launch.state_folder.clone / "docs" / "runbooks"
        fresh = await frontend.build_assets(ui, runbooks, target, launch.logs / "assets.log")
    report.print_done("static files", seconds_since(started) if fresh else "up to date")


def _build_stages(
    launch: LaunchContext, cluster: Cluster | None, gateway: Part, mail_lines: int
) -> Sequence[Stage]:
    settings, state_folder = launch.settings, launch.state_folder
    passwords = _role_passwords(state_folder)
    urls = settings.database_urls or (database_urls(cluster, passwords) if cluster else {})

    monitor = ensure_monitor_password(state_folder) if launch.monitoring else None

    async def prepare_databases() -> None:
        if cluster is not None:
            await provision_databases(cluster, passwords, monitor)
        await _migrate_all(launch, urls)

    services = [
        *(service_part(name, settings, state_folder, urls) for name in (*SERVICES, "ui")),
        *([mail_part(settings, state_folder, mail_lines)] if settings.keeps_mail_local else []),
    ]
    return [
        Stage((postgres_part(cluster),) if cluster else (), prepare_databases),
        Stage(tuple(services)),
        Stage((gateway,)),
        Stage(_build_monitoring(launch)),
    ]


def _build_monitoring(launch: LaunchContext) -> tuple[Part, ...]:
    if launch.monitoring is None:
        return ()
    if unwatched := unwatched_databases_notice(launch.settings, launch.state_folder):
        launch.report.print_notice(unwatched)
    return monitoring_parts(launch.settings, launch.state_folder, launch.monitoring)


def _role_passwords(state_folder: StateFolder) -> Mapping[str, str]:
    folder = state_folder.private_folder("secrets")
    return {name: ensure_secret(folder, f"{name.upper()}_DATABASE_PASSWORD") for name in SERVICES}


async def _migrate_all(launch: LaunchContext, urls: Mapping[str, str]) -> None:
    started = time.monotonic()
    with launch.report.spinner("Database schemas …"):
        changed = await asyncio.gather(*(_migrate(launch, name, urls) for name in SERVICES))
    note = seconds_since(started) if any(changed) else "up to date"
    launch.report.print_done("database schemas", note)


async def _migrate(launch: LaunchContext, name: str, urls: Mapping[str, str]) -> bool:
    environment = service_environment(name, launch.settings, launch.state_folder, urls)
    log = launch.logs / f"{name}-migrations.log"
    return await migrate_database(name, launch.state_folder.clone, urls[name], environment, log)


def _announce(launch: LaunchContext, started: float) -> None:
    report = launch.report
    report.print_address(launch.settings.public_url, f"ready in {seconds_since(started)}")
    if launch.settings.keeps_mail_local:
        report.print_text(
            f"  Mail: {launch.settings.mail_url}   all that is sent, and it goes no further"
        )
    if launch.settings.monitoring:
        url = launch.settings.public_url
        report.print_text(
            f"  Monitoring: {url}/prometheus/ and /alertmanager/   "
            "for administrators: make admin USER=name"
        )
    report.print_text()
    report.print_text(
        "  The certificate is this machine's own: the browser asks once whether to trust it."
    )
    report.print_text(f"  Ctrl-C stops everything and keeps the data. Logs: {launch.logs}")
