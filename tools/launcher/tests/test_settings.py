"""Settings from the environment, and the error messages for invalid ones."""

import pytest

from launcher.settings import (
    DatabaseUrlMissing,
    MonitoringMalformed,
    PortGivenTwice,
    PortMalformed,
    Ports,
    read_settings,
)

URLS = {
    f"{name}_DATABASE_URL": f"postgresql://{name}" for name in ("AUTH", "HISTORY", "TOURNAMENT")
}


def test_defaults_are_the_documented_ports_and_the_embedded_database() -> None:
    settings = read_settings({})
    assert settings.ports == Ports()
    assert settings.database_urls is None
    assert settings.public_url == "https://localhost:8090"


def test_mail_goes_to_the_sink_until_a_server_is_set() -> None:
    settings = read_settings({"MAIL_SINK_PORT": "9025", "SMTP_HOST": ""})
    assert settings.keeps_mail_local
    assert settings.mail_url == "http://127.0.0.1:9025"
    assert not read_settings({"SMTP_HOST": "mail.example"}).keeps_mail_local


def test_the_public_url_follows_the_gateways_port() -> None:
    assert read_settings({"GATEWAY_PORT": "9443"}).public_url == "https://localhost:9443"
    assert read_settings({"GATEWAY_PORT": "443"}).public_url == "https://localhost"
    named = read_settings({"GATEWAY_PORT": "9443", "PUBLIC_URL": "https://pong.example"})
    assert named.public_url == "https://pong.example"
    assert named.local_url == "https://localhost:9443"


@pytest.mark.parametrize("value", ["x", "-1", "0", "65536", "80.5", "²"])
def test_a_malformed_port_is_refused_by_name(value: str) -> None:
    with pytest.raises(PortMalformed, match=f"GATEWAY_HTTP_PORT={value} "):
        read_settings({"GATEWAY_HTTP_PORT": value})


def test_one_port_for_two_parts_is_refused() -> None:
    with pytest.raises(PortGivenTwice, match="AUTH_PORT and UI_PORT are both 8001"):
        read_settings({"UI_PORT": "8001"})


def test_three_database_urls_replace_the_embedded_server() -> None:
    assert read_settings(URLS).database_urls == {
        "auth": "postgresql://AUTH",
        "history": "postgresql://HISTORY",
        "tournament": "postgresql://TOURNAMENT",
    }


def test_an_incomplete_set_of_database_urls_is_refused_with_the_missing_one() -> None:
    with pytest.raises(DatabaseUrlMissing, match=r"without HISTORY_DATABASE_URL"):
        read_settings({name: url for name, url in URLS.items() if name != "HISTORY_DATABASE_URL"})


@pytest.mark.parametrize(
    ("value", "chosen"), [(None, False), ("", False), ("0", False), ("1", True)]
)
def test_monitoring_runs_only_on_request(value: str | None, chosen: bool) -> None:
    environment = {} if value is None else {"MONITORING": value}
    assert read_settings(environment).monitoring is chosen


@pytest.mark.parametrize("value", ["yes", "2", "true", " 1"])
def test_other_values_of_monitoring_are_refused(value: str) -> None:
    with pytest.raises(MonitoringMalformed, match=f"MONITORING={value} .*give 1"):
        read_settings({"MONITORING": value})


def test_no_port_is_a_default_of_debians_daemons() -> None:
    debians = {9090, 9093, 9094, 9100, 9187, 9113}
    assert not debians & set(vars(Ports()).values())
