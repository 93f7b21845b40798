"""A certificate authority of our own, and certificates that it issues to programs whose only clients are our own."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from credentials.certificate import CLOCK_LAG, CertificateFiles
from credentials.whole_files import write_atomically

AUTHORITY_NAME = x509.Name(
    [x509.NameAttribute(NameOID.COMMON_NAME, "Transcendence logging authority")]
)
AUTHORITY_LIFETIME = timedelta(days=3650)
# Longer than the 398 days that browsers accept, because no browser sees them.
ISSUED_LIFETIME = timedelta(days=1095)
# Java and Node read RSA keys in PKCS #8 without a password in every version, but not every elliptic curve.
KEY_BITS = 2048
# The authority signs for ten years, longer than 2048 bits are considered sufficient.
AUTHORITY_KEY_BITS = 3072
# Its holder could impersonate Elasticsearch. No container gets it.
AUTHORITY_KEY_MODE = 0o600


def make_authority(
    files: CertificateFiles, now: datetime, *, certificate_mode: int
) -> x509.Certificate:
    """Create an authority. The certificate is written first, so that after an interruption a lone key is never one of
    ours."""
    key = _make_key(AUTHORITY_KEY_BITS)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        _certificate_builder(AUTHORITY_NAME, key, now, AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(_authority_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_atomically(files.certificate, _certificate_pem(certificate), certificate_mode)
    write_atomically(files.key, _key_pem(key), AUTHORITY_KEY_MODE)
    return certificate


def issue_certificate(
    authority: CertificateFiles,
    files: CertificateFiles,
    names: Sequence[x509.GeneralName],
    now: datetime,
    *,
    mode: int,
    as_client: bool = False,
) -> None:
    """Issue a certificate and a key to a program with these names, the first of them a DNS name.

    With `as_client` the certificate is also valid as a client certificate, and servers accept it.
    """
    issuer = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    signing = serialization.load_pem_private_key(authority.key.read_bytes(), password=None)
    key = _make_key(KEY_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0].value))])
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _certificate_builder(subject, key, now, ISSUED_LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(extended_key_usage(as_client=as_client), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key_identifier(identifier), critical=False)
        # The key that make_authority wrote.
        .sign(cast("rsa.RSAPrivateKey", signing), hashes.SHA256())
    )
    write_atomically(files.certificate, _certificate_pem(certificate), mode)
    write_atomically(files.key, _key_pem(key), mode)


def alternative_names_of(*hosts: str) -> tuple[x509.GeneralName, ...]:
    """Return a program's subject alternative names: these hosts, and the loopback names."""
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (*map(x509.DNSName, hosts), x509.DNSName("localhost"), loopback)


def extended_key_usage(*, as_client: bool) -> x509.ExtendedKeyUsage:
    asking = [ExtendedKeyUsageOID.CLIENT_AUTH] if as_client else []
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, *asking])


def is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _certificate_builder(
    subject: x509.Name, key: rsa.RSAPrivateKey, now: datetime, lifetime: timedelta
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=AUTHORITY_NAME,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - CLOCK_LAG,
        not_valid_after=now + lifetime,
    )


def _authority_key_identifier(identifier: x509.SubjectKeyIdentifier) -> x509.AuthorityKeyIdentifier:
    # Two successive authorities of ours have the same name; this identifier distinguishes them.
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _make_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _certificate_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
