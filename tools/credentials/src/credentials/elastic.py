"""Secrets of Elasticsearch, Logstash and Kibana: an authority that the gateway trusts, certificates and passwords.

Either the authority is ours and issues missing certificates, or the operator provides the authority and the
certificates.
"""

from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from credentials.authority import (
    AUTHORITY_NAME,
    alternative_names_of,
    extended_key_usage,
    is_signed_by,
    issue_certificate,
    make_authority,
)
from credentials.certificate import CertificateFiles, ends_soon, key_matches
from credentials.issued import (
    CredentialsRefused,
    check_foreign_certificate,
    read_certificate,
    warn_of_expiry,
)

LOGGING_SECRETS = (
    "elastic_password",
    "kibana_system_password",
    "logstash_writer_password",
    "operator_password",
    # Encrypts sessions and Kibana's stored objects; at least 32 characters.
    "kibana_encryption_key",
)
CERTIFICATE_NAMES = {
    # The nodes of ops/elk/three-nodes.yml share one certificate.
    "elasticsearch": alternative_names_of("elasticsearch", "es01", "es02", "es03"),
    "kibana": alternative_names_of("kibana"),
}
# Nodes authenticate to each other with certificates, and a node is trusted fully. If Kibana, which shares a network
# with Elasticsearch, had a client certificate, an attacker who took it over could act as a node.
PROGRAMS_WITH_CLIENT_CERTIFICATE = {"elasticsearch"}


def ensure_elastic_certificates(folder: Path, now: datetime, *, mode: int) -> Iterator[str]:
    """Create the missing certificates of the logging programs, and issue again those that end soon or no longer match;
    yield a line for each change and each notice to the user. `mode` is the mode of files for containers.

    Raises CredentialsRefused.
    """
    authority = CertificateFiles(folder / "elastic_ca.pem", folder / "elastic_ca_key.pem")
    issuer = yield from _ensure_authority(authority, now, mode)
    for program in CERTIFICATE_NAMES:
        yield from _ensure_certificate(authority, issuer, program, now, mode)


def _ensure_authority(
    files: CertificateFiles, now: datetime, mode: int
) -> Generator[str, None, x509.Certificate]:
    found = read_certificate(files)
    if found is None:
        made = make_authority(files, now, certificate_mode=mode)
        yield f"{files.certificate}: new"
        yield f"{files.key}: new"
        return made
    if found.subject != AUTHORITY_NAME:
        # The operator's authority: its key may be elsewhere, which is better.
        yield from warn_of_expiry(files, found, now)
    elif ends_soon(found, now) or not key_matches(found, files.key):
        found = make_authority(files, now, certificate_mode=mode)
        yield f"{files.certificate}: made again with its key"
    return found


def _ensure_certificate(
    authority: CertificateFiles, issuer: x509.Certificate, program: str, now: datetime, mode: int
) -> Iterator[str]:
    folder = authority.certificate.parent
    files = CertificateFiles(folder / f"{program}_certificate.pem", folder / f"{program}_key.pem")
    found = read_certificate(files)
    if found is not None and found.issuer != AUTHORITY_NAME:
        yield from check_foreign_certificate(files, found, now)
    elif issuer.subject != AUTHORITY_NAME:
        raise CredentialsRefused(
            f"{files.certificate} has to come from the issuer of {authority.certificate}: "
            f"put it there with its key, {files.key.name}, "
            f"or delete {authority.certificate.name} to have all of them made"
        )
    elif found is None:
        issue_certificate(
            authority,
            files,
            CERTIFICATE_NAMES[program],
            now,
            mode=mode,
            as_client=program in PROGRAMS_WITH_CLIENT_CERTIFICATE,
        )
        yield f"{files.certificate}: new"
        yield f"{files.key}: new"
    elif not (key_matches(found, files.key) and _is_usable(found, issuer, program, now)):
        issue_certificate(
            authority,
            files,
            CERTIFICATE_NAMES[program],
            now,
            mode=mode,
            as_client=program in PROGRAMS_WITH_CLIENT_CERTIFICATE,
        )
        yield f"{files.certificate}: issued again with its key"


def _is_usable(
    certificate: x509.Certificate, issuer: x509.Certificate, program: str, now: datetime
) -> bool:
    """Tell whether a certificate is current: an earlier version of this program may have issued other names or
    purposes."""
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return (
        is_signed_by(certificate, issuer)
        and names == x509.SubjectAlternativeName(CERTIFICATE_NAMES[program])
        and purposes == extended_key_usage(as_client=program in PROGRAMS_WITH_CLIENT_CERTIFICATE)
        and not ends_soon(certificate, now)
    )
