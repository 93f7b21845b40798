"""A self-signed certificate for this machine's own names, kept so that a browser asks only once."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from credentials.whole_files import write_atomically

# Browsers reject lifetimes over 398 days.
LIFETIME = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
# The clocks of virtual machines may be behind.
CLOCK_LAG = timedelta(days=1)
KEY_MODE = 0o600
CERTIFICATE_MODE = 0o644
OWN_NAMES = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)


@dataclass(frozen=True)
class CertificateFiles:
    certificate: Path
    key: Path


def ensure_certificate(folder: Path, now: datetime) -> CertificateFiles:
    """Return the certificate in `folder`; create it if there is none, its key differs, or it ends within 30 days."""
    files = CertificateFiles(folder / "certificate.pem", folder / "key.pem")
    if not _is_usable(files, now):
        make_certificate(files, now)
    return files


def make_certificate(
    files: CertificateFiles,
    now: datetime,
    *,
    key_mode: int = KEY_MODE,
    certificate_mode: int = CERTIFICATE_MODE,
) -> None:
    """Create a certificate. It is written before its key, so that after an interruption a lone key is never one of
    ours."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificate = _self_sign(key, now).public_bytes(serialization.Encoding.PEM)
    write_atomically(files.certificate, certificate, certificate_mode)
    write_atomically(files.key, pem, key_mode)


def is_self_made(certificate: x509.Certificate) -> bool:
    """Tell whether this program issued the certificate: it is self-signed, for exactly this machine's own names."""
    if certificate.issuer != certificate.subject:
        return False
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    return found == x509.SubjectAlternativeName(OWN_NAMES)


def ends_soon(certificate: x509.Certificate, now: datetime) -> bool:
    return now + RENEW_BEFORE >= certificate.not_valid_after_utc


def key_matches(certificate: x509.Certificate, key: Path) -> bool:
    """Tell whether a key belongs to a certificate; no if it is missing, incomplete or encrypted."""
    try:
        found = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError):
        return False
    return certificate.public_key() == found.public_key()


def now_utc() -> datetime:
    return datetime.now(UTC)


def _is_usable(files: CertificateFiles, now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return key_matches(certificate, files.key) and not ends_soon(certificate, now)


def _self_sign(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_LAG)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(OWN_NAMES), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_digital_signature_only(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        # Python 3.13 rejects a trust anchor without these two extensions.
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )


def _digital_signature_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
