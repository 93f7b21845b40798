"""`make up`: starts the platform from a clone, in the order of the steps in this file."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from credentials.secret_store import keep_secret
from launcher import frontend
from launcher.checks import check_ports, check_setpriv, check_space, only_run
from launcher.console import Report, seconds_since
from launcher.databases import SERVICES, database_urls, provision
from launcher.gateway import check_configuration, find_nginx, install, read_environment
from launcher.leftovers import end_leftovers
from launcher.mail import mail_announcements
from launcher.migrations import migrate
from launcher.monitoring.exporters import keep_monitor_password
from launcher.monitoring.parts import monitoring_parts, unwatched_databases
from launcher.monitoring.programs import find_programs
from launcher.parts import Part, Stage
from launcher.platform_parts import (
    assets_folder,
    gateway_part,
    gateway_values,
    listeners,
    mail_part,
    postgres_part,
    service_environment,
    service_part,
    tls_files,
)
from launcher.postgres import Cluster, readable_binaries
from launcher.run import run_stages
from launcher.settings import Settings
from launcher.state_folder import StateFolder, open_state_folder

SUPERUSER_SECRET = "POSTGRES_PASSWORD"  # noqa: S105 (a name)


class Launch:
    """The data that the steps of one `make up` share."""

    def __init__(self, clone: Path, settings: Settings, report: Report) -> None:
        # Before anything is written or started.
        self.monitoring = find_programs() if settings.monitoring else None
        self.state_folder = open_state_folder(clone)
        self.settings = settings
        self.report = report
        self.run_folder = self.state_folder.private("run")
        self.state_folder.private("logs")
        # By the link, whose name the user can follow; under root the folder itself is elsewhere.
        self.logs = self.state_folder.link / "logs"


async def up(clone: Path, settings: Settings, report: Report, cleanup: AsyncExitStack) -> None:
    """Start the platform and supervise it until this is cancelled; `cleanup` stops it.

    Raises LaunchError.
    """
    started = time.monotonic()
    launch = Launch(clone, settings, report)
    cleanup.enter_context(only_run(launch.run_folder, launch.state_folder.clone))
    await _clear_the_way(launch)
    cluster = _prepare_cluster(launch) if settings.database_urls is None else None
    gateway = _prepare_gateway(launch)
    await _prepare_front_end(launch)
    mail_lines = cleanup.enter_context(mail_announcements(report.news))
    stages = _build_stages(launch, cluster, gateway, mail_lines)
    await run_stages(
        stages,
        logs=launch.logs,
        report=report,
        cleanup=cleanup,
        announce=lambda: _announce(launch, started),
    )


async def _clear_the_way(launch: Launch) -> None:
    with launch.report.working("Looking for what the last run left …"):
        ended = await end_leftovers(launch.logs)
    if ended:
        launch.report.notice(f"Ended what a killed run had left: {', '.join(ended)}")
    defaults = read_environment(launch.state_folder.clone / "gateway" / "defaults.env")
    host = launch.settings.environment.get("GATEWAY_BIND") or defaults["GATEWAY_BIND"]
    check_ports(listeners(launch.settings, host))
    check_space(launch.state_folder.folder)
    check_setpriv()


def _prepare_cluster(launch: Launch) -> Cluster:
    state_folder = launch.state_folder
    cluster = Cluster(
        binaries=readable_binaries(state_folder.folder, state_folder.account),
        data=state_folder.unprivileged("postgres") / "data",
        port=launch.settings.ports.postgres,
        password=keep_secret(state_folder.private("secrets"), SUPERUSER_SECRET),
        account=state_folder.account,
    )
    cluster.check()
    if not cluster.data.exists():
        with launch.report.step("new database"):
            cluster.initialise()
    return cluster


def _prepare_gateway(launch: Launch) -> Part:
    state_folder, settings = launch.state_folder, launch.settings
    nginx = find_nginx(settings.environment.get("NGINX"))
    prefix = state_folder.passable("gateway")
    tls = tls_files(state_folder)
    source = state_folder.clone / "gateway"
    state_folder.passable("assets")
    install(source, prefix, gateway_values(source, prefix, settings, state_folder, tls))
    check_configuration(nginx, prefix)
    return gateway_part(settings, nginx, prefix, tls)


async def _prepare_front_end(launch: Launch) -> None:
    ui, report = launch.state_folder.clone / "ui", launch.report
    started = time.monotonic()
    with report.working("Front-end packages …"):
        fresh = await frontend.install_packages(ui, launch.logs / "npm.log")
    report.done("front-end packages", seconds_since(started) if fresh else "up to date")
    started = time.monotonic()
    with report.working("Static files …"):
        target = assets_folder(launch.state_folder)
        runbooks = launch.state_folder.clone / "docs" / "runbooks"
        fresh = await frontend.build_assets(ui, runbooks, target, launch.logs / "assets.log")
    report.done("static files", seconds_since(started) if fresh else "up to date")


def _build_stages(
    launch: Launch, cluster: Cluster | None, gateway: Part, mail_lines: int
) -> Sequence[Stage]:
    settings, state_folder = launch.settings, launch.state_folder
    passwords = _role_passwords(state_folder)
    urls = settings.database_urls or (database_urls(cluster, passwords) if cluster else {})

    monitor = keep_monitor_password(state_folder) if launch.monitoring else None

    async def prepare_databases() -> None:
        if cluster is not None:
            await provision(cluster, passwords, monitor)
        await _migrate_all(launch, urls)

    services = [
        *(service_part(name, settings, state_folder, urls) for name in (*SERVICES, "ui")),
        *([mail_part(settings, state_folder, mail_lines)] if settings.sinks_mail else []),
    ]
    return [
        Stage((postgres_part(cluster),) if cluster else (), prepare_databases),
        Stage(tuple(services)),
        Stage((gateway,)),
        Stage(_build_monitoring(launch)),
    ]


def _build_monitoring(launch: Launch) -> tuple[Part, ...]:
    if launch.monitoring is None:
        return ()
    if unwatched := unwatched_databases(launch.settings, launch.state_folder):
        launch.report.notice(unwatched)
    return monitoring_parts(launch.settings, launch.state_folder, launch.monitoring)


def _role_passwords(state_folder: StateFolder) -> Mapping[str, str]:
    folder = state_folder.private("secrets")
    return {name: keep_secret(folder, f"{name.upper()}_DATABASE_PASSWORD") for name in SERVICES}


async def _migrate_all(launch: Launch, urls: Mapping[str, str]) -> None:
    started = time.monotonic()
    with launch.report.working("Database schemas …"):
        changed = await asyncio.gather(*(_migrate(launch, name, urls) for name in SERVICES))
    note = seconds_since(started) if any(changed) else "up to date"
    launch.report.done("database schemas", note)


async def _migrate(launch: Launch, name: str, urls: Mapping[str, str]) -> bool:
    environment = service_environment(name, launch.settings, launch.state_folder, urls)
    log = launch.logs / f"{name}-migrations.log"
    return await migrate(name, launch.state_folder.clone, urls[name], environment, log)


def _announce(launch: Launch, started: float) -> None:
    report = launch.report
    report.address(launch.settings.public_url, f"ready in {seconds_since(started)}")
    if launch.settings.sinks_mail:
        report.say(f"  Mail: {launch.settings.mail_url}   all that is sent, and it goes no further")
    if launch.settings.monitoring:
        url = launch.settings.public_url
        report.say(
            f"  Monitoring: {url}/prometheus/ and /alertmanager/   "
            "for administrators: make admin USER=name"
        )
    report.say()
    report.say(
        "  The certificate is this machine's own: the browser asks once whether to trust it."
    )
    report.say(f"  Ctrl-C stops everything and keeps the data. Logs: {launch.logs}")
