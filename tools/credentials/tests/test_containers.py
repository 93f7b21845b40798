"""Secrets of the containers are created once, and files of the operator are never overwritten."""

import ssl
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from credentials.certificate import OWN_NAMES
from credentials.containers import ensure_credentials
from credentials.issued import CredentialsRefused
from tools.credentials.tests.conftest import NOW

MADE = {
    *(
        f"{service}_database_{part}"
        for service in ("auth", "history", "tournament")
        for part in ("password", "admin_password", "monitor_password", "url")
    ),
    "auth_encryption_key",
    "auth_refresh_secret",
    "history_ticket_secret",
    "tournament_service_secret",
    "grafana_admin_password",
    "grafana_secret_key",
    "elastic_password",
    "kibana_system_password",
    "logstash_writer_password",
    "operator_password",
    "kibana_encryption_key",
    "tls_certificate.pem",
    "tls_key.pem",
    "elastic_ca.pem",
    "elastic_ca_key.pem",
    "elasticsearch_certificate.pem",
    "elasticsearch_key.pem",
    "kibana_certificate.pem",
    "kibana_key.pem",
}
GIVEN_BY_OTHERS = {
    "smtp_password",
    "oauth_42_client_secret",
    "oauth_github_client_secret",
    "oauth_google_client_secret",
}
EVERYTHING = MADE | GIVEN_BY_OTHERS


def keep(folder: Path, days: int = 0) -> list[str]:
    return list(ensure_credentials(folder, NOW + timedelta(days=days)))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put_issued(folder: Path, *, issuer: str, name: str, days: int = 365) -> None:
    """Write a certificate of another issuer, with its key. The name localhost stands for all of
    this machine's names."""
    names = OWN_NAMES if name == "localhost" else (x509.DNSName(name),)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=NOW,
        not_valid_after=NOW + timedelta(days=days),
    ).add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "tls_certificate.pem").write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
    )
    (folder / "tls_key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def test_every_secret_is_created_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    lines = keep(folder)
    made = contents(folder)
    assert set(made) == EVERYTHING
    assert len(lines) == len(EVERYTHING)
    assert keep(folder) == []
    assert contents(folder) == made
    assert len({made[name] for name in MADE}) == len(MADE)
    Fernet(made["auth_encryption_key"])
    ssl.create_default_context().load_cert_chain(
        folder / "tls_certificate.pem", folder / "tls_key.pem"
    )


def test_secrets_of_other_parties_are_empty_until_the_operator_fills_them(kept: Path) -> None:
    (kept / "smtp_password").write_text("hush")
    lines = [line for line in keep(kept) if "empty until" in line]
    made = contents(kept)
    assert made["smtp_password"] == b"hush"
    for name in GIVEN_BY_OTHERS - {"smtp_password"}:
        assert any(line.startswith(f"{kept / name}: ") for line in lines)
        # One byte at least, because a Swarm refuses an empty secret.
        assert made[name] == b"\n"
    assert len(lines) == len(GIVEN_BY_OTHERS) - 1


def test_modes_of_the_folder_and_its_files_ignore_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    command = f"umask 077; exec '{sys.executable}' -m credentials '{folder}'"
    subprocess.run(["/bin/sh", "-c", command], check=True, capture_output=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    # The operator fills in some files; no container reads the authority's key.
    wanted = dict.fromkeys(MADE, 0o444) | dict.fromkeys(GIVEN_BY_OTHERS, 0o644)
    assert modes == wanted | {"elastic_ca_key.pem": 0o600}


@pytest.mark.parametrize("service", ["auth", "history", "tournament"])
def test_a_database_url_contains_the_password_of_the_database(kept: Path, service: str) -> None:
    (kept / f"{service}_database_password").write_text("p@ss/word: 1\n")
    keep(kept)
    url = urlsplit((kept / f"{service}_database_url").read_text())
    assert (url.scheme, url.username, url.port) == ("postgresql", service, 5432)
    assert unquote(url.password or "") == "p@ss/word: 1"
    assert (url.hostname, url.path) == (f"{service}_db", f"/{service}_db")


def test_files_of_the_operator_are_never_overwritten(kept: Path) -> None:
    managed = "postgresql://me:hush@managed.example:6432/auth"
    (kept / "auth_database_url").write_text(managed)
    (kept / "auth_refresh_secret").write_text("mine")
    missing = EVERYTHING - contents(kept).keys()
    assert len(keep(kept)) >= len(missing)
    assert (kept / "auth_database_url").read_text() == managed
    assert (kept / "auth_refresh_secret").read_text() == "mine"


def test_a_folder_of_an_older_version_gets_the_missing_secrets(kept: Path) -> None:
    keep(kept)
    before = contents(kept)
    new = {"auth_database_monitor_password", "grafana_admin_password", "grafana_secret_key"}
    for name in new:
        (kept / name).unlink()
    lines = keep(kept)
    assert lines == [f"{kept / name}: new" for name in sorted(new)]
    after = contents(kept)
    assert {name for name in before if after[name] != before[name]} == new


def test_our_certificate_is_renewed_a_month_before_it_expires(kept: Path) -> None:
    keep(kept)
    before = contents(kept)
    assert keep(kept, days=334) == []
    assert len(keep(kept, days=335)) == 1
    changed = {name for name, content in contents(kept).items() if before[name] != content}
    assert changed == {"tls_certificate.pem", "tls_key.pem"}


def test_our_certificate_without_its_key_is_replaced(kept: Path) -> None:
    keep(kept)
    (kept / "tls_key.pem").unlink()
    keep(kept)
    ssl.create_default_context().load_cert_chain(kept / "tls_certificate.pem", kept / "tls_key.pem")


@pytest.mark.parametrize(
    ("issuer", "name"),
    [("An Authority", "pong.example"), ("An Authority", "localhost"), ("me.example", "me.example")],
)
def test_a_certificate_of_another_issuer_is_never_replaced(
    kept: Path, issuer: str, name: str
) -> None:
    put_issued(kept, issuer=issuer, name=name, days=31)
    keep(kept)
    before = contents(kept)
    assert keep(kept) == []
    (line,) = keep(kept, days=2)
    assert "2026-02-01" in line
    assert contents(kept) == before


def test_an_issued_certificate_with_a_wrong_key_is_refused_and_left(tmp_path: Path) -> None:
    put_issued(tmp_path, issuer="An Authority", name="pong.example")
    (tmp_path / "tls_key.pem").write_text("half a key")
    with pytest.raises(CredentialsRefused, match="right key"):
        keep(tmp_path)
    assert (tmp_path / "tls_key.pem").read_text() == "half a key"


@pytest.mark.parametrize("name", ["tls_key.pem", "tls_certificate.pem"])
def test_half_of_an_unknown_pair_is_refused_and_left(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("somebody's")
    with pytest.raises(CredentialsRefused, match=name):
        keep(tmp_path)
    assert (tmp_path / name).read_text() == "somebody's"


def test_unfinished_files_of_a_killed_run_are_deleted(tmp_path: Path) -> None:
    for name in EVERYTHING:
        (tmp_path / f"{name}.unfinished").write_text("ha")
    keep(tmp_path)
    assert set(contents(tmp_path)) == EVERYTHING


def test_concurrent_runs_create_one_set(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "credentials", str(tmp_path)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    lines = "".join(run.communicate()[0] for run in runs).splitlines()
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sum(": new" in line for line in lines) == len(EVERYTHING)
    password = (tmp_path / "auth_database_password").read_text()
    assert f":{password}@" in (tmp_path / "auth_database_url").read_text()


def test_the_command_reports_what_it_did_or_why_it_failed(tmp_path: Path) -> None:
    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "credentials", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run(tmp_path / "secrets").stdout.count(": new") == len(EVERYTHING)
    assert run(tmp_path / "secrets").stdout.endswith("secrets: nothing to do\n")
    # A container engine creates a folder where a file to be mounted is missing.
    (tmp_path / "other" / "auth_database_password").mkdir(parents=True)
    refused = run(tmp_path / "other")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "auth_database_password" in refused.stderr
