"""Settings of the launcher, read from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from launcher.databases import SERVICES
from launcher.errors import LaunchError

HTTPS_PORT = 443
LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65535


class PortMalformed(LaunchError):
    def __init__(self, variable: str, value: str) -> None:
        super().__init__(
            f"{variable}={value} is not a port: give a number from 1 to {HIGHEST_PORT}"
        )


class PortGivenTwice(LaunchError):
    def __init__(self, first: str, second: str, port: int) -> None:
        super().__init__(f"{first} and {second} are both {port}: change one of them")


class DatabaseUrlMissing(LaunchError):
    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"One database URL is set without {' and '.join(missing)}: give all three, "
            "or none to use the embedded PostgreSQL"
        )


class MonitoringMalformed(LaunchError):
    def __init__(self, value: str) -> None:
        super().__init__(
            f"MONITORING={value} says neither yes nor no: give 1 to run monitoring beside the "
            "platform, 0 or nothing to leave it out"
        )


@dataclass(frozen=True)
class Ports:
    """Ports of all parts. A field's variable is its upper-case name with `_PORT`: `gateway_http` is
    GATEWAY_HTTP_PORT."""

    gateway: int = 8090
    gateway_http: int = 8091
    gateway_status: int = 8092
    auth: int = 8001
    history: int = 8002
    tournament: int = 8003
    ui: int = 8000
    postgres: int = 8432
    mail_sink: int = 8025
    mail_sink_smtp: int = 8425
    # Different from the ports of Debian's own daemons, which may run on the same machine.
    prometheus: int = 8490
    alertmanager: int = 8493
    node_exporter: int = 8400
    auth_db_exporter: int = 8487
    history_db_exporter: int = 8488
    tournament_db_exporter: int = 8489


@dataclass(frozen=True)
class Settings:
    """Settings of a run. `database_urls` is None if the embedded PostgreSQL is used."""

    environment: Mapping[str, str]
    ports: Ports
    database_urls: Mapping[str, str] | None
    monitoring: bool

    @property
    def public_url(self) -> str:
        port = "" if self.ports.gateway == HTTPS_PORT else f":{self.ports.gateway}"
        return self.environment.get("PUBLIC_URL") or f"https://localhost{port}"

    @property
    def keeps_mail_local(self) -> bool:
        """Whether emails stay on this machine, because no mail server is configured."""
        return not self.environment.get("SMTP_HOST")

    @property
    def mail_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.mail_sink}"

    @property
    def local_url(self) -> str:
        """The gateway's address on this machine, whatever its public name is."""
        return f"https://localhost:{self.ports.gateway}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raises PortMalformed, PortGivenTwice, DatabaseUrlMissing or MonitoringMalformed."""
    return Settings(
        environment,
        _read_ports(environment),
        _read_database_urls(environment),
        _read_monitoring(environment),
    )


def port_variable(name: str) -> str:
    return f"{name.upper()}_PORT"


def _read_ports(environment: Mapping[str, str]) -> Ports:
    ports: dict[str, int] = {}
    for name, default in ((field.name, field.default) for field in fields(Ports)):
        variable = port_variable(name)
        port = _read_port(variable, environment.get(variable) or str(default))
        for other, taken in ports.items():
            if taken == port:
                raise PortGivenTwice(port_variable(other), variable, port)
        ports[name] = port
    return Ports(**ports)


def _read_port(variable: str, value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) <= HIGHEST_PORT:
        raise PortMalformed(variable, value)
    return int(value)


def _read_database_urls(environment: Mapping[str, str]) -> Mapping[str, str] | None:
    names = {service: f"{service.upper()}_DATABASE_URL" for service in SERVICES}
    urls = {service: environment[name] for service, name in names.items() if environment.get(name)}
    if not urls:
        return None
    if missing := [name for service, name in names.items() if service not in urls]:
        raise DatabaseUrlMissing(missing)
    return urls


def _read_monitoring(environment: Mapping[str, str]) -> bool:
    value = environment.get("MONITORING") or "0"
    if value not in {"0", "1"}:
        raise MonitoringMalformed(value)
    return value == "1"
