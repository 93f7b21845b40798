"""The containers' volume: all secrets in one folder, each container's own part in another, and an operator's files in
place of made ones."""

import os
import stat
from pathlib import Path

import pytest

from credentials.__main__ import main
from credentials.certificate import LIFETIME, CertificateFiles, make_certificate, now_utc
from credentials.containers import ensure_credentials
from credentials.parts import PARTS


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    folder = tmp_path / "volume"
    folder.mkdir()
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def set_up(volume: Path, *own: Path) -> int:
    return main(["--volume", str(volume), *(f"--own={folder}" for folder in own)])


def parts(volume: Path) -> dict[str, dict[str, bytes]]:
    return {
        part: {path.name: path.read_bytes() for path in (volume / part).iterdir()} for part in PARTS
    }


def test_each_part_has_its_secrets_and_no_others(volume: Path, own: Path) -> None:
    assert set_up(volume, own) == 0
    assert parts(volume) == {
        part: {name: (volume / "all" / file).read_bytes() for name, file in files.items()}
        for part, files in PARTS.items()
    }


def test_other_accounts_read_the_parts_and_not_the_folder_of_all_secrets(
    volume: Path, own: Path
) -> None:
    before = os.umask(0o077)
    try:
        (own / "elastic_ca_key.pem").write_text("hush")
        set_up(volume, own)
        (own / "elastic_ca_key.pem").unlink()
        (volume / "all/elastic_ca_key.pem").unlink()
        set_up(volume, own)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in volume.iterdir()}
    assert modes == dict.fromkeys(PARTS, 0o755) | {"all": 0o700, "taken": 0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in volume.glob("[!at]*/*")} == {0o444}


def test_a_second_run_changes_nothing(
    volume: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(volume, own)
    before = parts(volume)
    capsys.readouterr()
    assert set_up(volume, own) == 0
    assert capsys.readouterr().out == f"{volume}: nothing to do\n"
    assert parts(volume) == before


def test_no_secret_is_printed(volume: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "smtp_password").write_text("hush")
    set_up(volume, own)
    printed = capsys.readouterr().out
    assert f"{volume}/all/smtp_password: taken from {own}/smtp_password" in printed
    assert not any(
        path.read_text().strip() in printed
        for path in (volume / "all").iterdir()
        if path.read_text().strip()
    )


def test_an_existing_installation_keeps_its_secrets(volume: Path, own: Path) -> None:
    for _ in ensure_credentials(own, now_utc()):
        pass
    set_up(volume, own)
    for path in own.iterdir():
        assert (volume / "all" / path.name).read_bytes() == path.read_bytes(), path.name


def test_secrets_stay_when_the_operators_folder_is_emptied(volume: Path, own: Path) -> None:
    (own / "auth_refresh_secret").write_text("mine")
    set_up(volume, own)
    (own / "auth_refresh_secret").unlink()
    set_up(volume, own)
    assert parts(volume)["auth"]["auth_refresh_secret"] == b"mine"


def test_a_changed_file_of_the_operator_is_taken_again(volume: Path, own: Path) -> None:
    for password in ("first", "second"):
        (own / "smtp_password").write_text(password)
        set_up(volume, own)
        assert parts(volume)["auth"]["smtp_password"] == password.encode()
        assert parts(volume)["alertmanager"]["smtp_password"] == password.encode()


@pytest.mark.parametrize("first", ["made", "taken"])
def test_a_second_set_of_secrets_does_not_replace_the_one_in_use(
    volume: Path, own: Path, capsys: pytest.CaptureFixture[str], first: str
) -> None:
    """The data that the first set protects could no longer be read."""
    if first == "taken":
        (own / "auth_encryption_key").write_text("mine")
    set_up(volume, own)
    (own / "auth_encryption_key").unlink(missing_ok=True)
    before = parts(volume)
    for _ in ensure_credentials(own, now_utc()):
        pass
    assert set_up(volume, own) == 1
    refusal = capsys.readouterr().err
    assert refusal.count("\n") == 1
    assert "auth_encryption_key" in refusal
    assert parts(volume) == before


def test_an_operator_may_delete_a_secret_and_use_another(volume: Path, own: Path) -> None:
    set_up(volume, own)
    (own / "auth_database_url").write_text("postgresql://managed.example/auth")
    assert set_up(volume, own) == 1
    (volume / "all/auth_database_url").unlink()
    for _ in range(2):
        assert set_up(volume, own) == 0
        assert parts(volume)["auth"]["auth_database_url"] == b"postgresql://managed.example/auth"
        (volume / "all/auth_database_url").unlink()


def test_a_certificate_that_was_renewed_is_not_replaced_by_the_old_one(
    volume: Path, own: Path
) -> None:
    files = CertificateFiles(own / "tls_certificate.pem", own / "tls_key.pem")
    make_certificate(files, now_utc() - LIFETIME)
    set_up(volume, own)
    renewed = parts(volume)["gateway"]["tls_certificate"]
    assert renewed != files.certificate.read_bytes()
    set_up(volume, own)
    assert parts(volume)["gateway"]["tls_certificate"] == renewed


def test_a_later_folder_precedes_and_a_folder_in_place_of_a_file_is_ignored(
    volume: Path, own: Path, tmp_path: Path
) -> None:
    make_certificate(CertificateFiles(own / "tls_certificate.pem", own / "tls_key.pem"), now_utc())
    named = tmp_path / "named"
    (named / "tls_key.pem").mkdir(parents=True)
    (named / "smtp_password").write_text("named")
    (own / "smtp_password").write_text("own")
    assert set_up(volume, own, named) == 0
    assert parts(volume)["gateway"]["tls_key"] == (own / "tls_key.pem").read_bytes()
    assert parts(volume)["auth"]["smtp_password"] == b"named"


def test_a_missing_folder_of_the_operator_is_refused(
    volume: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up(volume, tmp_path / "missing") == 1
    assert "missing" in capsys.readouterr().err
    assert not (volume / "auth").exists()


def test_a_link_that_leads_nowhere_in_the_container_is_refused(
    volume: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ignoring it would serve a self-signed certificate in place of the operator's."""
    (own / "tls_certificate.pem").symlink_to("/etc/letsencrypt/live/pong.example/fullchain.pem")
    assert set_up(volume, own) == 1
    assert "tls_certificate.pem is a link" in capsys.readouterr().err


def test_a_file_that_a_part_no_longer_has_is_removed(volume: Path, own: Path) -> None:
    set_up(volume, own)
    (volume / "auth/retired_secret").write_text("hush")
    set_up(volume, own)
    assert "retired_secret" not in parts(volume)["auth"]
