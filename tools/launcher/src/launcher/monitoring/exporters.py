"""Environments of the PostgreSQL exporters: the databases and roles that they use."""

from collections.abc import Mapping

from credentials.secret_store import keep_secret
from launcher.databases import MONITOR, SERVICES, database_of
from launcher.postgres import HOST
from launcher.settings import Settings
from launcher.state_folder import StateFolder

PASSWORD_SECRET = "MONITOR_DATABASE_PASSWORD"  # noqa: S105 (a name)
# Otherwise an exporter would prefer the user's own variables to those given here.
OF_ANOTHER_DATABASE = dict.fromkeys(
    ("DATA_SOURCE_NAME", "DATA_SOURCE_USER_FILE", "DATA_SOURCE_URI_FILE"), ""
)


def keep_monitor_password(state_folder: StateFolder) -> str:
    return keep_secret(state_folder.private("secrets"), PASSWORD_SECRET)


def exporter_environments(
    settings: Settings, state_folder: StateFolder
) -> Mapping[str, Mapping[str, str]]:
    """Return the environment of each exporter, by service, without those of databases that are not opened to
    monitoring."""
    if settings.database_urls is None:
        keep_monitor_password(state_folder)
        return {service: _as_monitor(service, settings, state_folder) for service in SERVICES}
    given = {service: settings.environment.get(url_variable(service)) for service in SERVICES}
    return {service: {"DATA_SOURCE_NAME": url} for service, url in given.items() if url}


def url_variable(service: str) -> str:
    return f"{service.upper()}_DATABASE_MONITOR_URL"


def _as_monitor(service: str, settings: Settings, state_folder: StateFolder) -> dict[str, str]:
    server = f"{HOST}:{settings.ports.postgres}"
    return {
        **OF_ANOTHER_DATABASE,
        # The connection does not leave this machine.
        "DATA_SOURCE_URI": f"{server}/{database_of(service)}?sslmode=disable",
        "DATA_SOURCE_USER": MONITOR,
        "DATA_SOURCE_PASS_FILE": str(state_folder.private("secrets") / PASSWORD_SECRET),
    }
