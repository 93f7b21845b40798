"""Environments of the PostgreSQL exporters: the databases and roles that they use."""

from collections.abc import Mapping

from credentials.secret_store import ensure_secret
from launcher.databases import MONITOR_ROLE, SERVICES, database_of
from launcher.postgres import HOST
from launcher.settings import Settings
from launcher.state_folder import StateFolder

PASSWORD_SECRET = "MONITOR_DATABASE_PASSWORD"  # noqa: S105 (a name)
# Otherwise an exporter would prefer the user's own variables to those given here.
CLEARED_VARIABLES = dict.fromkeys(
    ("DATA_SOURCE_NAME", "DATA_SOURCE_USER_FILE", "DATA_SOURCE_URI_FILE"), ""
)


def ensure_monitor_password(state_folder: StateFolder) -> str:
    return ensure_secret(state_folder.private_folder("secrets"), PASSWORD_SECRET)


def exporter_environments(
    settings: Settings, state_folder: StateFolder
) -> Mapping[str, Mapping[str, str]]:
    """Return the environment of each PostgreSQL exporter, by service. Services whose database is not opened to
    monitoring have none."""
    if settings.database_urls is None:
        ensure_monitor_password(state_folder)
        return {
            service: _exporter_environment(service, settings, state_folder) for service in SERVICES
        }
    given = {
        service: settings.environment.get(exporter_url_variable(service)) for service in SERVICES
    }
    return {service: {"DATA_SOURCE_NAME": url} for service, url in given.items() if url}


def exporter_url_variable(service: str) -> str:
    return f"{service.upper()}_DATABASE_MONITOR_URL"


def _exporter_environment(
    service: str, settings: Settings, state_folder: StateFolder
) -> dict[str, str]:
    server = f"{HOST}:{settings.ports.postgres}"
    return {
        **CLEARED_VARIABLES,
        # The connection does not leave this machine.
        "DATA_SOURCE_URI": f"{server}/{database_of(service)}?sslmode=disable",
        "DATA_SOURCE_USER": MONITOR_ROLE,
        "DATA_SOURCE_PASS_FILE": str(state_folder.private_folder("secrets") / PASSWORD_SECRET),
    }
