"""The parts of this platform and their environments."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from credentials.certificate import CertificateFiles, ensure_certificate, now_utc
from credentials.secret_store import SECRETS_AUTH_ALSO_READS, SERVICE_SECRETS, ensure_secret
from launcher.databases import SERVICES
from launcher.gateway import nginx_command, read_environment
from launcher.parts import HttpProbe, Part, PostgresProbe
from launcher.postgres import HOST, Cluster
from launcher.settings import Settings, port_variable
from launcher.state_folder import StateFolder

# On a laptop nginx need not wait for streams that end only with their page.
GATEWAY_STOP_LIMIT_SECONDS = 5
# Time for the last checkpoint on a slow disk; if it is killed before, the server must recover at the next start.
POSTGRES_STOP_LIMIT_SECONDS = 60
# The default ports of Grafana and Kibana, which the launcher does not install.
GRAFANA_PORT = 3000
KIBANA_PORT = 5601


def postgres_part(cluster: Cluster) -> Part:
    return Part(
        name="postgres",
        command=tuple(cluster.command()),
        probe=PostgresProbe(cluster),
        directory=cluster.data.parent,
        account=cluster.account,
        # Fast shutdown: it ends sessions and writes a checkpoint, while SIGTERM waits for clients.
        stop_signal="INT",
        stop_limit=POSTGRES_STOP_LIMIT_SECONDS,
    )


def mail_part(settings: Settings, state_folder: StateFolder, lines: int) -> Part:
    """Return the mail sink, which writes a line for each email to the descriptor `lines`."""
    ports = settings.ports
    return Part(
        name="mail",
        command=(sys.executable, "-P", "-m", "mail_sink"),
        probe=HttpProbe((f"{settings.mail_url}/health/ready",)),
        directory=state_folder.clone,
        environment={
            "BIND_HOST": HOST,
            port_variable("mail_sink"): str(ports.mail_sink),
            port_variable("mail_sink_smtp"): str(ports.mail_sink_smtp),
            "MAIL_SINK_LINES": f"/dev/fd/{lines}",
        },
        descriptors=(lines,),
    )


def service_part(
    name: str, settings: Settings, state_folder: StateFolder, urls: Mapping[str, str]
) -> Part:
    port = getattr(settings.ports, name)
    return Part(
        name=name,
        # -P, because the clone has folders named like the packages.
        command=(sys.executable, "-P", "-m", name),
        probe=HttpProbe((f"http://{HOST}:{port}/health/ready",)),
        directory=state_folder.clone,
        environment=service_environment(name, settings, state_folder, urls),
    )


def gateway_part(settings: Settings, nginx: Path, prefix: Path, tls: CertificateFiles) -> Part:
    local = settings.local_url
    return Part(
        name="gateway",
        command=tuple(nginx_command(nginx, prefix)),
        # The gateway's own answer, a page, and a service, each through TLS and the routes.
        probe=HttpProbe((f"{local}/", f"{local}/api/user/.well-known/jwks.json"), tls.certificate),
        directory=prefix,
        stop_limit=GATEWAY_STOP_LIMIT_SECONDS,
    )


def service_environment(
    name: str, settings: Settings, state_folder: StateFolder, urls: Mapping[str, str]
) -> dict[str, str]:
    """Return a service's environment, which contains only its own database and secrets."""
    ports = settings.ports
    environment = {
        "BIND_HOST": HOST,
        "PUBLIC_URL": settings.public_url,
        port_variable(name): str(getattr(ports, name)),
        **{f"{peer.upper()}_URL": f"http://{HOST}:{getattr(ports, peer)}" for peer in SERVICES},
    }
    if name == "ui":
        return {**environment, "ASSETS_DIR": str(assets_folder(state_folder))}
    return {
        **environment,
        f"{name.upper()}_DATABASE_URL": urls[name],
        **_service_secrets(name, settings, state_folder),
        **(sink_mail_settings(settings) if name == "auth" and settings.keeps_mail_local else {}),
    }


def sink_mail_settings(settings: Settings) -> dict[str, str]:
    """Return the mail sink's settings. They override settings of a real server, which would ask for more than the sink
    supports."""
    return {
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(settings.ports.mail_sink_smtp),
        "SMTP_TLS": "none",
        "SMTP_USERNAME": "",
        "SMTP_PASSWORD": "",
    }


def gateway_variables(
    gateway: Path,
    prefix: Path,
    settings: Settings,
    state_folder: StateFolder,
    tls: CertificateFiles,
) -> dict[str, str]:
    """Return the variables of the gateway's templates; the user's environment overrides their defaults."""

    def within(path: Path) -> str:
        # nginx would split the clone's absolute path at a space or a quotation mark.
        return os.path.relpath(path, prefix)

    ports = settings.ports
    chosen = read_environment(gateway / "defaults.env").keys() & settings.environment.keys()
    return {
        "GATEWAY_HTTPS_PORT": str(ports.gateway),
        "GATEWAY_HTTP_PORT": str(ports.gateway_http),
        "GATEWAY_PUBLIC_PORT": str(ports.gateway),
        "GATEWAY_STATUS_LISTEN": f"{HOST}:{ports.gateway_status}",
        # Into the part's log, which the launcher rotates.
        "GATEWAY_ACCESS_LOG": "/dev/stdout",
        "GATEWAY_CACHE_DIR": "cache",
        # Never used, because every upstream is an address.
        "GATEWAY_RESOLVER": HOST,
        "TLS_CERTIFICATE": within(tls.certificate),
        "TLS_KEY": within(tls.key),
        "ASSETS_DIR": within(assets_folder(state_folder)),
        **{
            f"{name.upper()}_UPSTREAM": f"{HOST}:{getattr(ports, name)}"
            for name in (*SERVICES, "ui", "prometheus", "alertmanager")
        },
        # The address of the user's own installation; without one, the gateway shows a page about it.
        "GRAFANA_UPSTREAM": f"{HOST}:{GRAFANA_PORT}",
        "KIBANA_UPSTREAM": f"{HOST}:{KIBANA_PORT}",
        # nginx does not start without an authority. There is none for Kibana here, so this certificate stands in. Only
        # nginx has its key, so whatever listens at Kibana's port is not trusted, and counts as unavailable.
        "ELASTIC_CA": within(tls.certificate),
        **{name: settings.environment[name] for name in chosen},
    }


def gateway_certificate(state_folder: StateFolder) -> CertificateFiles:
    """Return the gateway's certificate. nginx's workers read it to report its expiry; the key has a mode of its own."""
    return ensure_certificate(state_folder.passable_folder("tls"), now_utc())


def listeners_of_run(settings: Settings, gateway_host: str) -> dict[str, tuple[str, int]]:
    """Return host and port of every listener of this run."""
    ports = settings.ports
    public = {name: (gateway_host, getattr(ports, name)) for name in ("gateway", "gateway_http")}
    names = ["gateway_status", *SERVICES, "ui"]
    if settings.database_urls is None:
        names.append("postgres")
    if settings.keeps_mail_local:
        names += ["mail_sink", "mail_sink_smtp"]
    if settings.monitoring:
        names += ["prometheus", "alertmanager", "node_exporter"]
        names += [f"{name}_db_exporter" for name in SERVICES]
    return public | {name: (HOST, getattr(ports, name)) for name in names}


def assets_folder(state_folder: StateFolder) -> Path:
    return state_folder.folder / "assets"


def _service_secrets(service: str, settings: Settings, state_folder: StateFolder) -> dict[str, str]:
    folder = state_folder.private_folder("secrets")
    return {
        name: settings.environment.get(name) or ensure_secret(folder, name, make)
        for name, make in SERVICE_SECRETS.items()
        if name.startswith(f"{service.upper()}_")
        or (service == "auth" and name in SECRETS_AUTH_ALSO_READS)
    }
