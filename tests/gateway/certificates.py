"""Certificates made by the tests: self-signed ones, and those of an
authority with an OCSP responder."""

import base64
import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

DAY = dt.timedelta(days=1)
LOCALHOST = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def certificate_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def self_signed(key: PrivateKey, ends: dt.datetime | None = None) -> x509.Certificate:
    name = _name("localhost")
    return (
        _builder(name, name, key, ends)
        .add_extension(x509.SubjectAlternativeName(LOCALHOST), critical=False)
        .sign(key, hashes.SHA256())
    )


@dataclass
class Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def issue_for(
        self, key: PrivateKey, name: str, ends: dt.datetime | None = None
    ) -> x509.Certificate:
        """Issue a certificate for a host name."""
        return (
            _builder(_name(name), self.certificate.subject, key, ends)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, key: PrivateKey, responder: str) -> x509.Certificate:
        """Issue a certificate for localhost that names an OCSP responder."""
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(responder)
        )
        return (
            _builder(_name("localhost"), self.certificate.subject, key)
            .add_extension(x509.SubjectAlternativeName(LOCALHOST), critical=False)
            .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
            .sign(self.key, hashes.SHA256())
        )


def new_authority() -> Authority:
    key, name = new_key(), _name("Test authority")
    certificate = (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


class Responder(ThreadingHTTPServer):
    """An OCSP responder that calls every certificate of its authority good;
    `signer` signs its answers."""

    def __init__(self, authority: Authority, signer: Authority) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.authority, self.signer = authority, signer
        self.known: dict[int, x509.Certificate] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def answer(self, request: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(request)
        now = dt.datetime.now(dt.UTC)
        response = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.known[asked.serial_number],
                issuer=self.authority.certificate,
                algorithm=asked.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD,
                this_update=now,
                next_update=now + DAY,
                revocation_time=None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.signer.certificate)
            .certificates([self.signer.certificate])
            .sign(self.signer.key, hashes.SHA256())
        )
        return response.public_bytes(serialization.Encoding.DER)


@contextmanager
def running_responder(authority: Authority, signer: Authority | None = None) -> Iterator[Responder]:
    with Responder(authority, signer or authority) as responder:
        thread = threading.Thread(target=responder.serve_forever)
        thread.start()
        try:
            yield responder
        finally:
            responder.shutdown()
            thread.join()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Responder)
        # nginx sends its request in the path.
        body = self.server.answer(base64.b64decode(unquote(self.path.removeprefix("/"))))
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as there
        """Log nothing: the tests read the received requests."""


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, ends: dt.datetime | None = None
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder(
            subject_name=subject, issuer_name=issuer, public_key=key.public_key()
        )
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(ends or now + DAY)
    )
