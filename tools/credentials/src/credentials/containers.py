"""The folder of secrets that the compose file mounts: made where something is missing, never written over."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from cryptography import x509

from credentials.certificate import (
    RENEW_BEFORE,
    CertificateFiles,
    ends_soon,
    is_self_made,
    key_fits,
    make_certificate,
)
from credentials.secret_store import SERVICE_SECRETS, keep_secret, make_token

SERVICES = ("auth", "history", "tournament")
FOR_MONITORING = ("grafana_admin_password", "grafana_secret_key")
# What others give: they are the operator's to fill in. Compose mounts nothing that is not there.
GIVEN_BY_OTHERS = (
    "smtp_password",
    "oauth_42_client_secret",
    "oauth_github_client_secret",
    "oauth_google_client_secret",
)
# Settings leave it out as empty, and a Swarm refuses a secret without a byte.
EMPTY = "\n"
# The folder's mode is what protects the files on this machine. They themselves must be readable by all: each container
# runs as an account of its own, which this machine does not know, and gets only its own files mounted.
FOLDER_MODE = 0o700
FILE_MODE = 0o444
TO_BE_FILLED_IN_MODE = 0o644


class CredentialsRefused(Exception):
    """Something is there that can neither be used nor be replaced; the message says what to do."""


def keep_credentials(folder: Path, now: datetime) -> Iterator[str]:
    """Makes what is missing and yields a line for each thing that is new or that the person should know.

    Raises CredentialsRefused, or OSError where the folder cannot be used.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    yield from _close(folder)
    with _alone_in(folder):
        for service in SERVICES:
            yield from _keep_database(folder, service)
        for name, make in SERVICE_SECRETS.items():
            yield from _keep(folder, name.lower(), make)
        for name in FOR_MONITORING:
            yield from _keep(folder, name, make_token)
        for name in GIVEN_BY_OTHERS:
            yield from _keep_empty(folder, name)
        yield from _keep_tls(folder, now)


def _close(folder: Path) -> Iterator[str]:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)
        if mode & ~FOLDER_MODE:
            yield f"{folder}: closed to other accounts (mode was {mode:o})"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two runs at once would make a password and an address with another one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _keep_database(folder: Path, service: str) -> Iterator[str]:
    """An address that is there already may lead to a managed database, with a password of its own."""
    yield from _keep(folder, f"{service}_database_admin_password", make_token)
    yield from _keep(folder, f"{service}_database_monitor_password", make_token)
    password_name = f"{service}_database_password"
    yield from _keep(folder, password_name, make_token)
    password = quote((folder / password_name).read_text().strip(), safe="")
    url = f"postgresql://{service}:{password}@{service}_db:5432/{service}_db"
    yield from _keep(folder, f"{service}_database_url", lambda: url)


def _keep(folder: Path, name: str, make: Callable[[], str]) -> Iterator[str]:
    path = folder / name
    if not path.exists():
        keep_secret(folder, name, make, mode=FILE_MODE)
        yield f"{path}: new"


def _keep_empty(folder: Path, name: str) -> Iterator[str]:
    path = folder / name
    if not path.exists():
        keep_secret(folder, name, lambda: EMPTY, mode=TO_BE_FILLED_IN_MODE)
        yield f"{path}: new, empty until you are given one"


def _keep_tls(folder: Path, now: datetime) -> Iterator[str]:
    files = CertificateFiles(folder / "tls_certificate.pem", folder / "tls_key.pem")
    if not files.certificate.exists():
        if files.key.exists():
            raise CredentialsRefused(
                f"{files.key} has no {files.certificate.name} beside it: "
                "put its certificate there, or delete the key to have both made"
            )
        make_certificate(files, now, key_mode=FILE_MODE, certificate_mode=FILE_MODE)
        yield f"{files.certificate}: new, self-signed"
        yield f"{files.key}: new"
        return
    certificate = _read(files)
    if not is_self_made(certificate):
        yield from _look_at(files, certificate, now)
    elif ends_soon(certificate, now) or not key_fits(certificate, files.key):
        make_certificate(files, now, key_mode=FILE_MODE, certificate_mode=FILE_MODE)
        yield f"{files.certificate}: renewed with its key, self-signed"


def _read(files: CertificateFiles) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except ValueError:
        raise CredentialsRefused(
            f"{files.certificate} is no certificate in PEM: "
            f"mend it, or delete it and {files.key.name} to have both made"
        ) from None


def _look_at(
    files: CertificateFiles, certificate: x509.Certificate, now: datetime
) -> Iterator[str]:
    """A certificate that somebody else issued is theirs to renew."""
    if not key_fits(certificate, files.key):
        raise CredentialsRefused(
            f"{files.key} is not the key of {files.certificate}, which somebody else issued: "
            "put the right key there"
        )
    if ends_soon(certificate, now):
        yield (
            f"{files.certificate}: somebody else issued it and it ends on "
            f"{certificate.not_valid_after_utc:%Y-%m-%d}, in less than {RENEW_BEFORE.days} days: renew it there"
        )
