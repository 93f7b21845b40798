"""Reads existing certificates, and leaves those of other issuers unchanged."""

from collections.abc import Iterator
from datetime import datetime

from cryptography import x509

from credentials.certificate import RENEW_BEFORE, CertificateFiles, ends_soon, key_matches


class CredentialsRefused(Exception):
    """An existing file can neither be used nor replaced; the message says what to do."""


def read_certificate(files: CertificateFiles) -> x509.Certificate | None:
    """Return the certificate, or None if there is neither certificate nor key; raises CredentialsRefused."""
    if not files.certificate.exists():
        if files.key.exists():
            raise CredentialsRefused(
                f"{files.key} has no {files.certificate.name} beside it: "
                "put its certificate there, or delete the key to have both made"
            )
        return None
    try:
        return x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except ValueError:
        raise CredentialsRefused(
            f"{files.certificate} is no certificate in PEM: "
            f"mend it, or delete it and {files.key.name} to have both made"
        ) from None


def check_foreign_certificate(
    files: CertificateFiles, certificate: x509.Certificate, now: datetime
) -> Iterator[str]:
    """Check a certificate of another issuer, which its owner must renew; raises CredentialsRefused."""
    if not key_matches(certificate, files.key):
        raise CredentialsRefused(
            f"{files.key} is not the key of {files.certificate}, which another issuer signed: "
            "put the right key there"
        )
    yield from warn_of_expiry(files, certificate, now)


def warn_of_expiry(
    files: CertificateFiles, certificate: x509.Certificate, now: datetime
) -> Iterator[str]:
    if ends_soon(certificate, now):
        yield (
            f"{files.certificate}: another issuer signed it, and it expires on "
            f"{certificate.not_valid_after_utc:%Y-%m-%d}, in less than {RENEW_BEFORE.days} days: renew it there"
        )
