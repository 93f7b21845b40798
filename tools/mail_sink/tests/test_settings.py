import pytest

from mail_sink.settings import SettingMalformed, Settings, read_settings


def test_the_default_is_this_machine_only() -> None:
    assert read_settings({}) == Settings("127.0.0.1", 8025, 8425)
    assert read_settings({"BIND_HOST": "", "MAIL_SINK_PORT": ""}).is_local


def test_ports_and_address_can_be_chosen() -> None:
    chosen = {"BIND_HOST": "192.0.2.1", "MAIL_SINK_PORT": "9025", "MAIL_SINK_SMTP_PORT": "9425"}
    settings = read_settings(chosen)
    assert settings == Settings("192.0.2.1", 9025, 9425)
    assert not settings.is_local


@pytest.mark.parametrize("value", ["x", "0", "-1", "65536", "8025.0", "²"])
@pytest.mark.parametrize("name", ["MAIL_SINK_PORT", "MAIL_SINK_SMTP_PORT"])
def test_a_malformed_port_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingMalformed, match=f"{name}={value} "):
        read_settings({name: value})
