from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from transcendence_common.settings import PostgresUrl, Settings


class SampleSettings(Settings):
    sample_database_url: PostgresUrl
    sample_port: int = Field(default=9000, ge=1)
    sample_password: SecretStr | None = None


def test_a_missing_setting_ends_the_process_with_its_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_PORT", "0")
    with pytest.raises(SystemExit) as ended:
        SampleSettings.load()
    assert ended.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Setting SAMPLE_DATABASE_URL: Field required"
    assert lines[1].startswith("Setting SAMPLE_PORT: ")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_form_of_a_database_address_is_accepted(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", f"{scheme}://me:hush@host/db")
    url = SampleSettings.load().sample_database_url
    assert url.get_secret_value() == "postgresql+asyncpg://me:hush@host/db"


def test_another_kind_of_database_is_refused_without_printing_the_address(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", "mysql://me:hush@host/db")
    with pytest.raises(SystemExit):
        SampleSettings.load()
    assert "hush" not in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "\n", " \n"])
def test_an_empty_setting_counts_as_absent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    (tmp_path / "sample_database_url").write_text("postgresql://me:hush@host/db\n")
    (tmp_path / "sample_password").write_text(content)
    for name in ("SAMPLE_DATABASE_URL", "SAMPLE_PORT", "LOG_DIR"):
        monkeypatch.setenv(name, "")
    monkeypatch.setitem(SampleSettings.model_config, "secrets_dir", tmp_path)
    settings = SampleSettings.load()
    assert settings.sample_password is None
    assert settings.sample_port == 9000
    assert settings.log_dir is None
    assert settings.sample_database_url.get_secret_value().endswith("me:hush@host/db")


def test_a_required_setting_must_not_be_empty(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", "")
    with pytest.raises(SystemExit):
        SampleSettings.load()
    assert capsys.readouterr().err == "Setting SAMPLE_DATABASE_URL: Field required\n"


@pytest.mark.parametrize("seconds", ["-1", "61", "soon"])
def test_an_invalid_drain_duration_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, seconds: str
) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", seconds)
    with pytest.raises(SystemExit):
        Settings.load()
    assert capsys.readouterr().err.startswith("Setting DRAIN_SECONDS: ")


def test_the_database_address_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", "postgresql://me:hush@host/db")
    assert "hush" not in repr(SampleSettings.load())
