"""Certificates identify Elasticsearch and Kibana to clients that trust the
authority, and to no others."""

import os
import re
import shutil
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_connection, create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from credentials import elastic
from credentials.certificate import now_utc
from credentials.containers import ensure_credentials
from credentials.elastic import CERTIFICATE_NAMES, LOGGING_SECRETS, ensure_elastic_certificates
from credentials.issued import CredentialsRefused
from tools.credentials.tests.conftest import NOW

AUTHORITY = {"elastic_ca.pem", "elastic_ca_key.pem"}
ISSUED = {
    f"{program}_{part}.pem" for program in CERTIFICATE_NAMES for part in ("certificate", "key")
}
ANSWERS_TO = {
    "elasticsearch": ("elasticsearch", "es01", "es02", "es03", "localhost", "127.0.0.1"),
    "kibana": ("kibana", "localhost", "127.0.0.1"),
}


def keep(folder: Path, days: int = 0, now: datetime = NOW) -> list[str]:
    return list(ensure_elastic_certificates(folder, now + timedelta(days=days), mode=0o444))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def changed(folder: Path, before: dict[str, bytes]) -> set[str]:
    return {name for name, content in contents(folder).items() if before.get(name) != content}


def read(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates for tests that only read them; creating them takes 1 s."""
    folder = tmp_path_factory.mktemp("elastic")
    keep(folder, now=now_utc())
    return folder


@contextmanager
def serving(folder: Path, program: str, *, asks_for_one: bool = False) -> Iterator[int]:
    """Serve one greeting with the program's certificate; `asks_for_one` also requires one
    of the client, as nodes do."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "elastic_ca.pem")
    context.load_cert_chain(folder / f"{program}_certificate.pem", folder / f"{program}_key.pem")
    if asks_for_one:
        context.verify_mode = ssl.CERT_REQUIRED

    # A client that does not trust the server sends an alert or hangs up.
    def greet() -> None:
        connection, _ = listener.accept()
        with (
            connection,
            suppress(ssl.SSLError, ConnectionError),
            context.wrap_socket(connection, server_side=True) as it,
        ):
            it.sendall(b"hello")

    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=greet)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def greeting(port: int, name: str, trust: ssl.SSLContext) -> bytes:
    with (
        create_connection(("127.0.0.1", port), timeout=10) as connection,
        trust.wrap_socket(connection, server_hostname=name) as it,
    ):
        return it.recv(5)


def trusting(certificate: Path) -> ssl.SSLContext:
    """Return a context that is as strict as the default of Python 3.13."""
    context = ssl.create_default_context(cafile=certificate)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize(
    ("program", "name"),
    [(program, name) for program in CERTIFICATE_NAMES for name in ANSWERS_TO[program]],
)
def test_clients_accept_a_program_under_each_of_its_names(
    folder: Path, program: str, name: str
) -> None:
    with serving(folder, program) as port:
        assert greeting(port, name, trusting(folder / "elastic_ca.pem")) == b"hello"


@pytest.mark.parametrize(("program", "name"), [("elasticsearch", "kibana"), ("kibana", "es01")])
def test_clients_refuse_a_program_under_another_programs_name(
    folder: Path, program: str, name: str
) -> None:
    with serving(folder, program) as port, pytest.raises(ssl.SSLCertVerificationError):
        greeting(port, name, trusting(folder / "elastic_ca.pem"))


def test_clients_of_another_authority_accept_no_program(folder: Path, made_once: Path) -> None:
    with serving(folder, "kibana") as port, pytest.raises(ssl.SSLCertVerificationError):
        greeting(port, "kibana", trusting(made_once / "elastic_ca.pem"))


def test_a_node_uses_the_same_certificate_as_a_client_of_other_nodes(folder: Path) -> None:
    """Nodes require certificates of each other."""
    trust = trusting(folder / "elastic_ca.pem")
    trust.load_cert_chain(
        folder / "elasticsearch_certificate.pem", folder / "elasticsearch_key.pem"
    )
    with serving(folder, "elasticsearch", asks_for_one=True) as port:
        assert greeting(port, "es02", trust) == b"hello"


def test_kibana_cannot_act_as_a_node(folder: Path) -> None:
    """Nodes trust each other completely, and both programs share a network."""
    trust = trusting(folder / "elastic_ca.pem")
    trust.load_cert_chain(folder / "kibana_certificate.pem", folder / "kibana_key.pem")
    with (
        serving(folder, "elasticsearch", asks_for_one=True) as port,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        greeting(port, "elasticsearch", trust)


@pytest.mark.parametrize(
    ("program", "purposes"),
    [("elasticsearch", {"sslserver", "sslclient"}), ("kibana", {"sslserver"})],
)
def test_openssl_verifies_issued_certificates(
    folder: Path, program: str, purposes: set[str]
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the program openssl is missing")
    verify = [openssl, "verify", "-x509_strict", "-CAfile", "elastic_ca.pem"]
    file = f"{program}_certificate.pem"
    verified = {
        purpose
        for purpose in ("sslserver", "sslclient")
        if subprocess.run(
            [*verify, "-purpose", purpose, file], check=False, cwd=folder, capture_output=True
        ).returncode
        == 0
    }
    assert verified == purposes


@pytest.mark.parametrize("name", sorted(name for name in ISSUED if "key" in name))
def test_java_and_node_can_read_the_keys(folder: Path, name: str) -> None:
    pem = (folder / name).read_bytes()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert isinstance(serialization.load_pem_private_key(pem, password=None), rsa.RSAPrivateKey)


def test_the_authority_signs_programs_but_no_other_authorities(folder: Path) -> None:
    authority = read(folder, "elastic_ca.pem")
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)
    issued = read(folder, "kibana_certificate.pem").extensions
    assert not issued.get_extension_for_class(x509.BasicConstraints).value.ca


def test_only_the_owner_can_read_the_authoritys_key(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(AUTHORITY | ISSUED, 0o444) | {"elastic_ca_key.pem": 0o600}


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    assert len(keep(tmp_path)) == len(AUTHORITY | ISSUED)
    before = contents(tmp_path)
    assert set(before) == AUTHORITY | ISSUED
    assert keep(tmp_path) == []
    assert contents(tmp_path) == before


def test_certificates_are_reissued_a_month_before_they_expire(kept: Path) -> None:
    before = contents(kept)
    assert keep(kept, days=1064) == []
    assert len(keep(kept, days=1065)) == len(CERTIFICATE_NAMES)
    assert changed(kept, before) == ISSUED


def test_a_new_authority_reissues_every_certificate(kept: Path) -> None:
    keep(kept, days=3619)
    before = contents(kept)
    assert keep(kept, days=3619) == []
    assert len(keep(kept, days=3620)) == 1 + len(CERTIFICATE_NAMES)
    assert changed(kept, before) == AUTHORITY | ISSUED


@pytest.mark.parametrize("lost", ["elastic_ca_key.pem", "elastic_ca.pem"])
def test_a_lost_authority_is_replaced_and_reissues_every_certificate(kept: Path, lost: str) -> None:
    before = contents(kept)
    for name in {lost, "elastic_ca_key.pem"}:
        (kept / name).unlink()
    keep(kept)
    assert changed(kept, before) == AUTHORITY | ISSUED


@pytest.mark.parametrize("program", CERTIFICATE_NAMES)
def test_a_certificate_without_its_key_is_reissued(kept: Path, program: str) -> None:
    before = contents(kept)
    (kept / f"{program}_key.pem").unlink()
    keep(kept)
    assert changed(kept, before) == {f"{program}_certificate.pem", f"{program}_key.pem"}


def test_a_certificate_with_too_few_names_is_reissued(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(elastic.CERTIFICATE_NAMES, "kibana", (x509.DNSName("kibana"),))
    (kept / "kibana_certificate.pem").unlink()
    (kept / "kibana_key.pem").unlink()
    keep(kept)
    before = contents(kept)
    monkeypatch.undo()
    keep(kept)
    assert changed(kept, before) == {"kibana_certificate.pem", "kibana_key.pem"}


def test_a_certificate_with_too_many_purposes_is_reissued(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic, "PROGRAMS_WITH_CLIENT_CERTIFICATE", {"elasticsearch", "kibana"})
    (kept / "kibana_certificate.pem").unlink()
    (kept / "kibana_key.pem").unlink()
    keep(kept)
    before = contents(kept)
    monkeypatch.undo()
    keep(kept)
    assert changed(kept, before) == {"kibana_certificate.pem", "kibana_key.pem"}


@pytest.mark.parametrize("written", range(len(AUTHORITY | ISSUED)))
def test_a_run_interrupted_at_any_file_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    left = iter([True] * written)

    def sync(_: int) -> None:
        if not next(left, False):
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(KeyboardInterrupt):
        keep(tmp_path)
    assert len(contents(tmp_path)) == written
    monkeypatch.undo()
    keep(tmp_path)
    assert set(contents(tmp_path)) == AUTHORITY | ISSUED
    assert keep(tmp_path) == []


def put_issued(folder: Path, name: str, *, days: int = 365) -> None:
    """Write a certificate of the operator's own authority, with its key. The
    authority's key is stored elsewhere."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An Authority")]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=NOW,
        not_valid_after=NOW + timedelta(days=days),
    ).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    if name != "elastic_ca":
        encoded = key.private_bytes(pem, form, serialization.NoEncryption())
        (folder / f"{name}_key.pem").write_bytes(encoded)
        name = f"{name}_certificate"
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(pem))


def test_an_operators_authority_and_its_certificates_are_kept(tmp_path: Path) -> None:
    for name in ("elastic_ca", *CERTIFICATE_NAMES):
        put_issued(tmp_path, name)
    before = contents(tmp_path)
    assert keep(tmp_path) == []
    lines = keep(tmp_path, days=340)
    assert len(lines) == 1 + len(CERTIFICATE_NAMES)
    assert all("2027-01-01" in line for line in lines)
    assert contents(tmp_path) == before


def test_a_missing_certificate_of_a_foreign_authority_is_requested(tmp_path: Path) -> None:
    put_issued(tmp_path, "elastic_ca")
    put_issued(tmp_path, "elasticsearch")
    before = contents(tmp_path)
    with pytest.raises(CredentialsRefused, match=r"kibana_certificate\.pem has to come from"):
        keep(tmp_path)
    assert contents(tmp_path) == before


def test_our_certificates_are_refused_beside_a_foreign_authority(kept: Path) -> None:
    (kept / "elastic_ca.pem").unlink()
    put_issued(kept, "elastic_ca")
    before = contents(kept)
    with pytest.raises(CredentialsRefused, match="has to come from"):
        keep(kept)
    assert contents(kept) == before


def test_a_foreign_certificate_is_kept_beside_our_authority(kept: Path) -> None:
    (kept / "kibana_certificate.pem").unlink()
    (kept / "kibana_key.pem").unlink()
    put_issued(kept, "kibana")
    before = contents(kept)
    assert keep(kept) == []
    (kept / "kibana_key.pem").unlink()
    with pytest.raises(CredentialsRefused, match="right key"):
        keep(kept)
    assert changed(kept, before) == set()


@pytest.mark.parametrize("name", sorted(AUTHORITY | ISSUED))
def test_unreadable_and_incomplete_pairs_are_refused_and_left(kept: Path, name: str) -> None:
    pair = name.removesuffix("_key.pem").removesuffix("_certificate.pem").removesuffix(".pem")
    for path in kept.glob(f"{pair}*"):
        path.unlink()
    (kept / name).write_text("somebody's")
    with pytest.raises(CredentialsRefused, match=re.escape(name)):
        keep(kept)
    assert (kept / name).read_text() == "somebody's"


def test_passwords_need_no_quoting(kept: Path) -> None:
    """Passwords appear in JSON, YAML, shells and the address of a user."""
    for _ in ensure_credentials(kept, NOW):
        pass
    for name in LOGGING_SECRETS:
        # Kibana's encryption key needs at least 32 characters.
        assert re.fullmatch(r"[A-Za-z0-9_-]{32,}", (kept / name).read_text()), name
