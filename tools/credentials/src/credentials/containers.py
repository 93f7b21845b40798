"""The folder of secrets that the compose file mounts. Missing files are created, existing ones are never
overwritten."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from credentials.certificate import (
    CertificateFiles,
    ends_soon,
    is_self_made,
    key_matches,
    make_certificate,
)
from credentials.elastic import LOGGING_SECRETS, ensure_elastic_certificates
from credentials.issued import check_foreign_certificate, read_certificate
from credentials.secret_store import SERVICE_SECRETS, ensure_secret, make_token

SERVICES = ("auth", "history", "tournament")
MONITORING_SECRETS = ("grafana_admin_password", "grafana_secret_key")
# Secrets from other providers, which the operator fills in. Compose does not mount missing files.
EXTERNAL_SECRETS = (
    "smtp_password",
    "oauth_42_client_secret",
    "oauth_github_client_secret",
    "oauth_google_client_secret",
)
# Settings treat it as empty, and a Swarm rejects a secret of 0 bytes.
EMPTY_FILE = "\n"
# The folder's mode protects the files on this machine. The files themselves must be readable by all: each container
# runs as an account of its own, unknown to this machine, and mounts only its own files.
FOLDER_MODE = 0o700
FILE_MODE = 0o444
EXTERNAL_SECRET_MODE = 0o644


def ensure_credentials(folder: Path, now: datetime) -> Iterator[str]:
    """Create the missing secret files and certificates of a folder; yield a line for each new file and each notice to
    the user.

    Raises CredentialsRefused, or OSError if the folder cannot be used.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    yield from _restrict_folder(folder)
    with _locked(folder):
        for service in SERVICES:
            yield from _ensure_database_secrets(folder, service)
        for name, make in SERVICE_SECRETS.items():
            yield from _ensure_secret_file(folder, name.lower(), make)
        for name in (*MONITORING_SECRETS, *LOGGING_SECRETS):
            yield from _ensure_secret_file(folder, name, make_token)
        for name in EXTERNAL_SECRETS:
            yield from _ensure_empty_file(folder, name)
        yield from _ensure_tls_certificate(folder, now)
        yield from ensure_elastic_certificates(folder, now, mode=FILE_MODE)


def _restrict_folder(folder: Path) -> Iterator[str]:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)
        if mode & ~FOLDER_MODE:
            yield f"{folder}: closed to other accounts (mode was {mode:o})"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder: two parallel runs could create a password, and a URL with another one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _ensure_database_secrets(folder: Path, service: str) -> Iterator[str]:
    """Create the passwords and the URL of a database. An existing URL may lead to a managed database with its own
    password."""
    yield from _ensure_secret_file(folder, f"{service}_database_admin_password", make_token)
    yield from _ensure_secret_file(folder, f"{service}_database_monitor_password", make_token)
    password_name = f"{service}_database_password"
    yield from _ensure_secret_file(folder, password_name, make_token)
    password = quote((folder / password_name).read_text().strip(), safe="")
    url = f"postgresql://{service}:{password}@{service}_db:5432/{service}_db"
    yield from _ensure_secret_file(folder, f"{service}_database_url", lambda: url)


def _ensure_secret_file(folder: Path, name: str, make: Callable[[], str]) -> Iterator[str]:
    path = folder / name
    if not path.exists():
        ensure_secret(folder, name, make, mode=FILE_MODE)
        yield f"{path}: new"


def _ensure_empty_file(folder: Path, name: str) -> Iterator[str]:
    path = folder / name
    if not path.exists():
        ensure_secret(folder, name, lambda: EMPTY_FILE, mode=EXTERNAL_SECRET_MODE)
        yield f"{path}: new, empty until you are given one"


def _ensure_tls_certificate(folder: Path, now: datetime) -> Iterator[str]:
    files = CertificateFiles(folder / "tls_certificate.pem", folder / "tls_key.pem")
    found = read_certificate(files)
    if found is None:
        make_certificate(files, now, key_mode=FILE_MODE, certificate_mode=FILE_MODE)
        yield f"{files.certificate}: new, self-signed"
        yield f"{files.key}: new"
    elif not is_self_made(found):
        yield from check_foreign_certificate(files, found, now)
    elif ends_soon(found, now) or not key_matches(found, files.key):
        make_certificate(files, now, key_mode=FILE_MODE, certificate_mode=FILE_MODE)
        yield f"{files.certificate}: renewed with its key, self-signed"
