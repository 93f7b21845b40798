import pytest

from auth.settings import AuthSettings
from services.auth.tests.service_under_test import (
    ENCRYPTION_KEY,
    REFRESH_SECRET,
    TOURNAMENT_SECRET,
)

GOOD = {
    "AUTH_DATABASE_URL": "postgresql://auth:auth@127.0.0.1/auth",
    "AUTH_ENCRYPTION_KEY": ENCRYPTION_KEY,
    "AUTH_REFRESH_SECRET": REFRESH_SECRET,
    "TOURNAMENT_SERVICE_SECRET": TOURNAMENT_SECRET,
}


def load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> AuthSettings:
    for name, value in {**GOOD, **changes}.items():
        monkeypatch.setenv(name, value)
    return AuthSettings.load()


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert settings.auth_port == 8001
    assert REFRESH_SECRET not in repr(settings)
    assert ENCRYPTION_KEY not in repr(settings)
    assert TOURNAMENT_SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH_ENCRYPTION_KEY", "not-a-fernet-key"),
        ("AUTH_ENCRYPTION_KEY", ""),
        pytest.param("AUTH_ENCRYPTION_KEY", f"{ENCRYPTION_KEY},short", id="one_of_two_keys"),
        ("AUTH_REFRESH_SECRET", "too short"),
        ("TOURNAMENT_SERVICE_SECRET", "too short"),
        ("TOURNAMENT_SERVICE_SECRET", ""),
        ("AUTH_DATABASE_URL", "mysql://somewhere"),
    ],
)
def test_an_invalid_setting_is_reported_in_one_line_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    with pytest.raises(SystemExit):
        load(monkeypatch, **{name: value})
    error = capsys.readouterr().err
    assert error.startswith(f"Setting {name}: ")
    assert error.count("\n") == 1
    assert not value or value not in error
