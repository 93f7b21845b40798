"""The monitoring parts: their targets, their addresses and their mail settings."""

import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from launcher.monitoring.exporters import exporter_environments
from launcher.monitoring.parts import monitoring_parts, unwatched_databases_notice
from launcher.monitoring.programs import MonitoringPrograms
from launcher.parts import Part
from launcher.settings import read_settings
from launcher.state_folder import Account, StateFolder

ROOT = Path(__file__).parents[3]
URLS = {
    f"{name}_DATABASE_URL": f"postgresql://{name}@elsewhere"
    for name in ("AUTH", "HISTORY", "TOURNAMENT")
}


@pytest.fixture
def state_folder(tmp_path: Path) -> StateFolder:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "ops", clone / "ops")
    state = tmp_path / "state"
    state.mkdir()
    return StateFolder(clone, state, account=None)


def test_monitoring_parts_listen_on_the_loopback_only(state_folder: StateFolder) -> None:
    settings = read_settings({"MONITORING": "1", "PUBLIC_URL": "https://pong.example"})
    parts = monitoring_parts(settings, state_folder, programs(state_folder))
    assert len(parts) == 6
    for part in parts:
        (address,) = option(part, "--web.listen-address")
        assert re.fullmatch(r"127\.0\.0\.1:84\d\d", address)


def test_no_monitoring_part_is_needed(state_folder: StateFolder) -> None:
    assert not any(part.needed for part in parts_of({}, state_folder).values())


def test_prometheus_stores_its_data_with_the_clone_and_limits_it(state_folder: StateFolder) -> None:
    settings = {"PUBLIC_URL": "https://pong.example"}
    prometheus = parts_of(settings, state_folder)["prometheus"]
    assert option(prometheus, "--storage.tsdb.path") == [str(state_folder.folder / "prometheus")]
    assert option(prometheus, "--storage.tsdb.retention.time") == ["31d"]
    assert option(prometheus, "--storage.tsdb.retention.size") == ["2GB"]
    assert option(prometheus, "--web.external-url") == ["https://pong.example/prometheus/"]
    assert option(prometheus, "--web.route-prefix") == ["/"]


def test_parts_without_secrets_run_without_rights(state_folder: StateFolder) -> None:
    account = Account("nobody", os.getuid(), os.getgid())
    parts = parts_of({}, StateFolder(state_folder.clone, state_folder.folder, account))
    assert {name for name, part in parts.items() if part.account} == {"prometheus", "node-exporter"}
    assert stat.S_IMODE((state_folder.folder / "monitoring").stat().st_mode) == 0o755
    for path in (state_folder.folder / "monitoring").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_rules_of_an_older_version_are_deleted(state_folder: StateFolder) -> None:
    parts_of({}, state_folder)
    (state_folder.folder / "monitoring" / "rules_5.yml").touch()
    parts_of({}, state_folder)
    assert not (state_folder.folder / "monitoring" / "rules_5.yml").exists()


def test_each_exporter_reads_one_database_with_the_monitoring_role(
    state_folder: StateFolder,
) -> None:
    for service in ("auth", "history", "tournament"):
        environment = parts_of({"DATA_SOURCE_NAME": "mine"}, state_folder)[
            f"{service}-db-exporter"
        ].environment
        uri = f"127.0.0.1:8432/{service}_db?sslmode=disable"
        assert environment["DATA_SOURCE_URI"] == uri
        assert environment["DATA_SOURCE_USER"] == "monitor"
        assert environment["DATA_SOURCE_NAME"] == ""
        password = Path(environment["DATA_SOURCE_PASS_FILE"])
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        assert len(password.read_text()) >= 31


@pytest.mark.parametrize(
    ("help_text", "options"),
    [("--collector.bgwriter", ["--no-collector.bgwriter"]), ("--collector.stat_bgwriter", [])],
)
def test_an_old_exporter_skips_what_the_server_no_longer_has(
    state_folder: StateFolder, help_text: str, options: list[str]
) -> None:
    exporter = state_folder.clone / "postgres_exporter"
    exporter.write_text(f"#!/bin/sh\necho ' {help_text}  Asks.'\n")
    exporter.chmod(0o755)
    parts = parts_of({}, state_folder)
    for name in ("auth-db-exporter", "history-db-exporter", "tournament-db-exporter"):
        assert [word for word in parts[name].command if "collector" in word] == options


def test_external_databases_are_monitored_where_a_url_is_set(
    state_folder: StateFolder,
) -> None:
    given = {**URLS, "HISTORY_DATABASE_MONITOR_URL": "postgresql://watcher@elsewhere/history_db"}
    settings = read_settings(given)
    assert exporter_environments(settings, state_folder) == {
        "history": {"DATA_SOURCE_NAME": "postgresql://watcher@elsewhere/history_db"}
    }
    assert parts_of(given, state_folder).keys() & {
        "auth-db-exporter",
        "history-db-exporter",
        "tournament-db-exporter",
    } == {"history-db-exporter"}
    notice = unwatched_databases_notice(settings, state_folder) or ""
    assert "AUTH_DATABASE_MONITOR_URL, TOURNAMENT_DATABASE_MONITOR_URL" in notice
    assert "HISTORY" not in notice
    assert not (state_folder.folder / "secrets" / "MONITOR_DATABASE_PASSWORD").exists()


def test_no_notice_is_shown_where_every_database_is_monitored(state_folder: StateFolder) -> None:
    given = {f"{name.removesuffix('URL')}MONITOR_URL": url for name, url in URLS.items()}
    assert unwatched_databases_notice(read_settings({}), state_folder) is None
    assert unwatched_databases_notice(read_settings({**URLS, **given}), state_folder) is None


def test_alerts_go_to_the_mail_sink_until_a_server_is_set(state_folder: StateFolder) -> None:
    left_over = {"SMTP_TLS": "starttls", "SMTP_USERNAME": "me", "SMTP_PASSWORD_FILE": "/mine"}
    environment = parts_of({**left_over, "MAIL_SINK_SMTP_PORT": "9425"}, state_folder)[
        "alertmanager"
    ].environment
    assert {name: value for name, value in environment.items() if name.startswith("SMTP_")} == {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "9425",
        "SMTP_TLS": "none",
        "SMTP_USERNAME": "",
        "SMTP_PASSWORD": "",
        "SMTP_PASSWORD_FILE": "",
    }


def test_the_password_of_a_real_mail_server_is_passed_in_a_file(
    state_folder: StateFolder,
) -> None:
    real = {"SMTP_HOST": "mail.example", "SMTP_PORT": "465", "SMTP_USERNAME": "me"}
    given = parts_of({**real, "SMTP_PASSWORD": "open sesame"}, state_folder)[
        "alertmanager"
    ].environment
    path = Path(given["SMTP_PASSWORD_FILE"])
    assert path.read_text() == "open sesame"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "open sesame" not in given.values()
    # Other variables of the user, including a password file, are inherited unchanged.
    without = parts_of(real, state_folder)["alertmanager"].environment
    assert not any(name.startswith("SMTP_") for name in without)
    assert not path.exists()


def parts_of(environment: dict[str, str], state_folder: StateFolder) -> dict[str, Part]:
    settings = read_settings({**environment, "MONITORING": "1"})
    return {
        part.name: part for part in monitoring_parts(settings, state_folder, programs(state_folder))
    }


def programs(state_folder: StateFolder) -> MonitoringPrograms:
    """Stand-ins. Only the exporter is ever called, for its options."""
    exporter = state_folder.clone / "postgres_exporter"
    if not exporter.exists():
        exporter.symlink_to(shutil.which("true") or "/bin/true")
    return MonitoringPrograms(Path("/prometheus"), Path("/alertmanager"), Path("/node"), exporter)


def option(part: Part, name: str) -> list[str]:
    return [word.removeprefix(f"{name}=") for word in part.command if word.startswith(f"{name}=")]
