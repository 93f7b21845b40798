"""What may be chosen, all of it from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
PORT = 8025
SMTP_PORT = 8425
HIGHEST_PORT = 65535


class SettingMalformed(Exception):
    """The message says which one, and what it may be."""


@dataclass(frozen=True)
class Settings:
    """Both ports are on one address, which nobody else's machine reaches unless another one is given.

    `lines` is the file that gets the line for each message in place of standard output.
    """

    host: str = LOOPBACK
    port: int = PORT
    smtp_port: int = SMTP_PORT
    lines: Path | None = None

    @property
    def is_local(self) -> bool:
        return self.host == LOOPBACK


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises SettingMalformed."""
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
