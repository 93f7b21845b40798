"""The certificate's expiry as a Prometheus metric on the internal port."""

import base64
import datetime as dt
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.gateway.certificates import (
    PrivateKey,
    certificate_pem,
    key_pem,
    new_authority,
    new_key,
    self_signed,
)
from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for

pytestmark = pytest.mark.image

METRIC = "gateway_certificate_expiry_timestamp_seconds"
EC = new_key()
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
GOOD = certificate_pem(self_signed(EC))
CHAIN_TAIL = certificate_pem(new_authority().certificate)


@pytest.fixture(scope="module")
def changing(services: Services) -> Iterator[Gateway]:
    """A gateway whose certificate is named relative to nginx.conf and replaced while it runs."""
    files = {"changing.pem": GOOD, "changing-key.pem": key_pem(EC)}
    values = {"TLS_CERTIFICATE": "../changing.pem", "TLS_KEY": "../changing-key.pem"}
    with running_gateway(services, values, files=files) as gateway:
        yield gateway


def exported(gateway: Gateway) -> int:
    reply = gateway.status("/metrics")
    assert reply.status_code == 200, gateway.errors()
    (line,) = [line for line in reply.text.splitlines() if line.startswith(METRIC)]
    return int(line.split(" ")[1])


def test_the_expiry_of_the_certificate_in_use_is_exported(gateway: Gateway) -> None:
    reply = gateway.status("/metrics")
    content = (gateway.folder / "certificate.pem").read_bytes()
    end = x509.load_pem_x509_certificate(content).not_valid_after_utc
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    help_line, type_line, value_line = reply.text.splitlines()[:3]
    assert help_line.startswith(f"# HELP {METRIC} ")
    assert type_line == f"# TYPE {METRIC} gauge"
    assert value_line == f"{METRIC} {int(end.timestamp())}"
    assert reply.text.endswith("\n")


@pytest.mark.parametrize("kind", [EC, RSA], ids=["ec", "rsa"])
@pytest.mark.parametrize(
    "end",
    [
        dt.datetime(2028, 2, 29, 12, 34, 56, tzinfo=dt.UTC),
        dt.datetime(2049, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
        # From this year on X.509 writes the year with four digits.
        dt.datetime(2050, 1, 1, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
    ],
    ids=lambda end: str(end.year),
)
def test_every_kind_of_certificate_is_read(
    changing: Gateway, kind: PrivateKey, end: dt.datetime
) -> None:
    first = certificate_pem(self_signed(kind, end))
    for pem in (first, first + CHAIN_TAIL, b"Subject: CN=localhost\r\n" + first):
        (changing.folder / "changing.pem").write_bytes(pem)
        assert exported(changing) == int(end.timestamp())


def test_an_expired_certificate_exports_a_time_in_the_past(changing: Gateway) -> None:
    # The tests' certificates are valid from a day ago.
    end = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=1)
    (changing.folder / "changing.pem").write_bytes(certificate_pem(self_signed(EC, end)))
    assert exported(changing) == int(end.timestamp())


def pem_of(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(der)


DER = x509.load_pem_x509_certificate(GOOD).public_bytes(serialization.Encoding.DER)
END = x509.load_pem_x509_certificate(GOOD).not_valid_after_utc.strftime("%y%m%d%H%M%SZ").encode()
UNREADABLE = {
    "empty": b"",
    "no_pem": b"\xff\xfe\x00 no certificate",
    "a_key": key_pem(EC),
    "no_content": pem_of(b""),
    "text": pem_of(b"certainly not DER"),
    "cut_in_the_names": pem_of(DER[:60]),
    "cut_in_the_validity": pem_of(DER[: DER.index(END) + 5]),
    "cut_at_its_end": pem_of(DER[:-1]),
    "unbounded_length": pem_of(b"\x30\x80" + DER[4:]),
    "thirteenth_month": pem_of(DER.replace(END, END[:2] + b"13" + END[4:])),
    "thirtieth_of_february": pem_of(DER.replace(END, END[:2] + b"0230" + END[6:])),
    "no_time_zone": pem_of(DER.replace(END, END[:-1] + b"0")),
    "another_type_of_time": pem_of(DER.replace(b"\x17\x0d" + END, b"\x13\x0d" + END)),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_certificate_is_an_error_without_a_value(
    changing: Gateway, kind: str
) -> None:
    (changing.folder / "changing.pem").write_bytes(UNREADABLE[kind])
    assert_refused_and_logged(changing)


def test_a_missing_certificate_is_an_error(changing: Gateway) -> None:
    (changing.folder / "changing.pem").unlink()
    assert_refused_and_logged(changing)


def assert_refused_and_logged(gateway: Gateway) -> None:
    lines = gateway.errors().count("certificate: ../changing.pem: ")
    reply = gateway.status("/metrics")
    assert reply.status_code == 500
    assert METRIC not in reply.text
    wait_for(
        lambda: gateway.errors().count("certificate: ../changing.pem: ") == lines + 1, "a log line"
    )
