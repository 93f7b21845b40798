"""The self-signed certificate is kept as long as it is valid."""

import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from credentials.certificate import ensure_certificate

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_certificate_names_this_machine(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, NOW)
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    ]
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600


def test_the_certificate_is_renewed_a_month_before_it_expires(tmp_path: Path) -> None:
    first = ensure_certificate(tmp_path, NOW).certificate.read_bytes()
    assert ensure_certificate(tmp_path, NOW + timedelta(days=334)).certificate.read_bytes() == first
    assert ensure_certificate(tmp_path, NOW + timedelta(days=335)).certificate.read_bytes() != first


def test_a_certificate_without_its_key_is_replaced(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, NOW)
    first = files.certificate.read_bytes()
    files.key.unlink()
    assert ensure_certificate(tmp_path, NOW).certificate.read_bytes() != first


def test_a_certificate_of_another_key_or_a_truncated_one_is_replaced(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path / ".", NOW)
    (tmp_path / "other").mkdir()
    stranger = ensure_certificate(tmp_path / "other", NOW)
    files.key.write_bytes(stranger.key.read_bytes())
    ensure_certificate(tmp_path, NOW)
    ssl.create_default_context().load_cert_chain(files.certificate, files.key)
    files.certificate.write_bytes(files.certificate.read_bytes()[:100])
    ensure_certificate(tmp_path, NOW)
    ssl.create_default_context().load_cert_chain(files.certificate, files.key)
