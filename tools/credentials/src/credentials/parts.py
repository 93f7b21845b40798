"""The part of the secrets that each container reads: a folder, which it mounts as /run/secrets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from credentials.containers import FILE_MODE
from credentials.whole_files import write_atomically

# Containers run under different accounts, and each sees its own folder only.
PART_MODE = 0o755


def _named_alike(*files: str) -> Mapping[str, str]:
    return {file.removesuffix(".pem"): file for file in files}


def _passwords_of_database(service: str, *names: str) -> Mapping[str, str]:
    return {name: f"{service}_database_{name.removeprefix('database_')}" for name in names}


PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "gateway": _named_alike("tls_certificate.pem", "tls_key.pem", "elastic_ca.pem"),
    "auth": _named_alike(
        "auth_database_url",
        "auth_encryption_key",
        "auth_refresh_secret",
        "tournament_service_secret",
        "smtp_password",
        "oauth_42_client_secret",
        "oauth_github_client_secret",
        "oauth_google_client_secret",
    ),
    "auth_migrations": _named_alike(
        "auth_database_url",
        "auth_encryption_key",
        "auth_refresh_secret",
        "tournament_service_secret",
    ),
    "history": _named_alike("history_database_url", "history_ticket_secret"),
    "tournament": _named_alike("tournament_database_url", "tournament_service_secret"),
    "auth_db": _passwords_of_database("auth", "admin_password", "database_password"),
    "history_db": _passwords_of_database("history", "admin_password", "database_password"),
    "tournament_db": _passwords_of_database("tournament", "admin_password", "database_password"),
    "alertmanager": _named_alike("smtp_password"),
    "grafana": _named_alike("grafana_admin_password", "grafana_secret_key"),
    "auth_db_exporter": _passwords_of_database("auth", "monitor_password"),
    "history_db_exporter": _passwords_of_database("history", "monitor_password"),
    "tournament_db_exporter": _passwords_of_database("tournament", "monitor_password"),
    "auth_monitor_role": _passwords_of_database("auth", "admin_password", "monitor_password"),
    "history_monitor_role": _passwords_of_database("history", "admin_password", "monitor_password"),
    "tournament_monitor_role": _passwords_of_database(
        "tournament", "admin_password", "monitor_password"
    ),
    "elasticsearch": _named_alike("elastic_password"),
    # Elasticsearch reads certificates in its configuration folder only, where this part is mounted.
    "elasticsearch_certificates": _named_alike(
        "elastic_ca.pem", "elasticsearch_certificate.pem", "elasticsearch_key.pem"
    ),
    "logstash": _named_alike("elastic_ca.pem", "logstash_writer_password"),
    "kibana": _named_alike(
        "elastic_ca.pem",
        "kibana_certificate.pem",
        "kibana_key.pem",
        "kibana_system_password",
        "operator_password",
        "kibana_encryption_key",
    ),
    "elastic_setup": _named_alike(
        "elastic_ca.pem",
        "elastic_password",
        "kibana_system_password",
        "logstash_writer_password",
        "operator_password",
    ),
    "kibana_setup": _named_alike("elastic_ca.pem", "elastic_password"),
}
"""For each part the names of its files in the container, and in the folder of all secrets."""


def copy_to_parts(store: Path, parts: Path) -> None:
    """Give each part the current files of the folder of all secrets, and remove what it no longer has.

    The folders themselves stay, because running containers have them mounted.
    """
    for part, files in PARTS.items():
        folder = parts / part
        folder.mkdir(exist_ok=True)
        folder.chmod(PART_MODE)
        for path in folder.iterdir():
            if path.name not in files:
                path.unlink()
        for name, source in files.items():
            content = (store / source).read_bytes()
            if not (folder / name).exists() or (folder / name).read_bytes() != content:
                write_atomically(folder / name, content, FILE_MODE)
