"""Secrets of Elasticsearch, Logstash and Kibana: an authority that the gateway trusts, certificates and passwords.

Either the authority is ours and issues missing certificates, or the operator provides the authority and the
certificates.
"""

from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from credentials.authority import (
    NAME,
    is_signed_by,
    issue,
    make_authority,
    names_of,
    purposes_of,
)
from credentials.certificate import CertificateFiles, ends_soon, key_fits
from credentials.issued import CredentialsRefused, look_at, read_certificate, warn_of_end

FOR_LOGGING = (
    "elastic_password",
    "kibana_system_password",
    "logstash_writer_password",
    "operator_password",
    # Encrypts sessions and Kibana's stored objects; at least 32 characters.
    "kibana_encryption_key",
)
NAMES = {
    # The nodes of ops/elk/three-nodes.yml share one certificate.
    "elasticsearch": names_of("elasticsearch", "es01", "es02", "es03"),
    "kibana": names_of("kibana"),
}
# Nodes authenticate to each other with certificates, and a node is trusted fully. If Kibana, which shares a network
# with Elasticsearch, had a client certificate, an attacker who took it over could act as a node.
ASKING = {"elasticsearch"}


def keep_elastic_certificates(folder: Path, now: datetime, *, mode: int) -> Iterator[str]:
    """Yield a line for each file that is new or about to expire. Files for containers get the given mode.

    Raises CredentialsRefused.
    """
    authority = CertificateFiles(folder / "elastic_ca.pem", folder / "elastic_ca_key.pem")
    issuer = yield from _keep_authority(authority, now, mode)
    for program in NAMES:
        yield from _keep_certificate(authority, issuer, program, now, mode)


def _keep_authority(
    files: CertificateFiles, now: datetime, mode: int
) -> Generator[str, None, x509.Certificate]:
    found = read_certificate(files)
    if found is None:
        made = make_authority(files, now, certificate_mode=mode)
        yield f"{files.certificate}: new"
        yield f"{files.key}: new"
        return made
    if found.subject != NAME:
        # The operator's authority: its key may be elsewhere, which is better.
        yield from warn_of_end(files, found, now)
    elif ends_soon(found, now) or not key_fits(found, files.key):
        found = make_authority(files, now, certificate_mode=mode)
        yield f"{files.certificate}: made again with its key"
    return found


def _keep_certificate(
    authority: CertificateFiles, issuer: x509.Certificate, program: str, now: datetime, mode: int
) -> Iterator[str]:
    folder = authority.certificate.parent
    files = CertificateFiles(folder / f"{program}_certificate.pem", folder / f"{program}_key.pem")
    found = read_certificate(files)
    if found is not None and found.issuer != NAME:
        yield from look_at(files, found, now)
    elif issuer.subject != NAME:
        raise CredentialsRefused(
            f"{files.certificate} has to come from the issuer of {authority.certificate}: "
            f"put it there with its key, {files.key.name}, "
            f"or delete {authority.certificate.name} to have all of them made"
        )
    elif found is None:
        issue(authority, files, NAMES[program], now, mode=mode, asks=program in ASKING)
        yield f"{files.certificate}: new"
        yield f"{files.key}: new"
    elif not (key_fits(found, files.key) and _is_usable(found, issuer, program, now)):
        issue(authority, files, NAMES[program], now, mode=mode, asks=program in ASKING)
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
        and names == x509.SubjectAlternativeName(NAMES[program])
        and purposes == purposes_of(asks=program in ASKING)
        and not ends_soon(certificate, now)
    )
