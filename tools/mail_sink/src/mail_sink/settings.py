"""Settings of the mail sink, read from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
PORT = 8025
SMTP_PORT = 8425
HIGHEST_PORT = 65535


class SettingMalformed(Exception):
    """A setting has an invalid value; the message names the setting and its allowed values."""


@dataclass(frozen=True)
class Settings:
    """Settings of the mail sink. Both ports are on one address, by default the loopback address.

    `lines` is the file for the line of each message, instead of standard output.
    """

    host: str = LOOPBACK
    port: int = PORT
    smtp_port: int = SMTP_PORT
    lines: Path | None = None

    @property
    def is_local(self) -> bool:
        return self.host == LOOPBACK


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings of an environment; raises SettingMalformed."""
    return Settings(
        host=environment.get("BIND_HOST") or LOOPBACK,
        port=_read_port(environment, "MAIL_SINK_PORT", PORT),
        smtp_port=_read_port(environment, "MAIL_SINK_SMTP_PORT", SMTP_PORT),
        lines=Path(environment["MAIL_SINK_LINES"]) if environment.get("MAIL_SINK_LINES") else None,
    )


def _read_port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdecimal() and 0 < int(value) <= HIGHEST_PORT):
        raise SettingMalformed(
            f"{name}={value} is not a port: give a number from 1 to {HIGHEST_PORT}"
        )
    return int(value)
