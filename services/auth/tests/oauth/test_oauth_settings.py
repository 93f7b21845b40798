from itertools import permutations

import pytest

from auth.provider_settings import ProviderRegistration
from auth.settings import AuthSettings
from services.auth.tests.oauth.visitors import PROVIDERS
from services.auth.tests.test_settings import load

NAMES = [f"OAUTH_{each.upper()}_CLIENT_{part}" for each in PROVIDERS for part in ("ID", "SECRET")]


def test_no_provider_is_configured_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch).registrations() == {}


def test_empty_settings_count_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = dict.fromkeys([*NAMES, "OAUTH_GITHUB_URL"], "")
    assert load(monkeypatch, **empty).registrations() == {}


def test_each_provider_has_its_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, **{name: name.lower() for name in NAMES})
    assert settings.registrations() == {
        each: ProviderRegistration(f"oauth_{each}_client_id", f"oauth_{each}_client_secret")
        for each in PROVIDERS
    }
    assert "client_secret'" not in repr(settings)


@pytest.mark.parametrize(
    ("missing", "given"),
    [
        pair
        for each in PROVIDERS
        for pair in permutations(name for name in NAMES if each.upper() in name.split("_"))
    ],
)
def test_a_missing_half_of_the_credentials_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str, given: str
) -> None:
    with pytest.raises(SystemExit):
        load(monkeypatch, **{given: "value-of-it"})
    assert capsys.readouterr().err == f"Setting {missing}: is needed where {given} is set\n"


@pytest.mark.parametrize("url", ["https://github.example.org", "http://127.0.0.1:9400/"])
def test_the_base_address_of_a_provider_can_be_set(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    registrations = _settings(monkeypatch, url).registrations()
    assert registrations["github"].base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "github.example.org",
        "ftp://github.example.org",
        "https://",
        "https://github.example.org?a=b",
        "https://github.example.org#a",
        "https://somebody:secret@github.example.org",
    ],
)
def test_an_invalid_base_address_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    with pytest.raises(SystemExit):
        _settings(monkeypatch, url)
    error = capsys.readouterr().err
    assert error.startswith("Setting OAUTH_GITHUB_URL: ")
    assert error.count("\n") == 1
    assert "somebody" not in error


def _settings(monkeypatch: pytest.MonkeyPatch, url: str) -> AuthSettings:
    return load(
        monkeypatch,
        OAUTH_GITHUB_CLIENT_ID="id",
        OAUTH_GITHUB_CLIENT_SECRET="secret",
        OAUTH_GITHUB_URL=url,
    )
