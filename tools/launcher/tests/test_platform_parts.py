"""The platform's parts and their environments, which work in any folder."""

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path
from smtplib import SMTP

from launcher.console import Report
from launcher.gateway import check_configuration, find_nginx, install_configuration
from launcher.mail import showing_mail_announcements
from launcher.platform_parts import (
    gateway_certificate,
    gateway_variables,
    listeners_of_run,
    mail_part,
    service_environment,
)
from launcher.settings import read_settings
from launcher.state_folder import Account, StateFolder
from launcher.supervision import DEFAULT_PACE, SupervisedPart
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import free_ports

GATEWAY = Path(__file__).parents[3] / "gateway"
TOKEN = "a-token-that-opens-an-account"
URLS = dict.fromkeys(("auth", "history", "tournament"), "postgresql://nobody")


def test_the_gateway_runs_below_a_path_with_spaces_and_quotes(tmp_path: Path) -> None:
    folder = tmp_path / 'Zoë\'s "own" folder; 100 %'
    folder.mkdir()
    state_folder = StateFolder(tmp_path, folder, account=None)
    prefix = state_folder.passable_folder("gateway")
    state_folder.passable_folder("assets")
    tls = gateway_certificate(state_folder)
    install_configuration(
        GATEWAY, prefix, gateway_variables(GATEWAY, prefix, read_settings({}), state_folder, tls)
    )
    check_configuration(find_nginx(None), prefix)


def test_nginxs_workers_can_read_the_certificate_but_not_the_key(tmp_path: Path) -> None:
    workers = Account("nobody", os.getuid(), os.getgid())
    tls = gateway_certificate(StateFolder(tmp_path, tmp_path, account=workers))
    assert mode(tls.certificate.parent) == 0o755
    assert mode(tls.certificate) == 0o644
    assert mode(tls.key) == 0o600
    (tmp_path / "own").mkdir()
    own = gateway_certificate(StateFolder(tmp_path, tmp_path / "own", account=None))
    assert mode(own.certificate.parent) == 0o700


async def test_an_email_is_a_line_on_the_terminal_and_its_link_is_in_no_file(
    tmp_path: Path,
) -> None:
    port, smtp_port = free_ports(2)
    chosen = {"MAIL_SINK_PORT": str(port), "MAIL_SINK_SMTP_PORT": str(smtp_port)}
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    shown: list[str] = []
    with showing_mail_announcements(shown.append) as lines:
        part = mail_part(read_settings(chosen), state_folder, lines)
        supervised = SupervisedPart(part, tmp_path, Report(), DEFAULT_PACE)
        # A restarted sink still shows its lines.
        for _ in range(2):
            try:
                await supervised.start()
                await asyncio.to_thread(send, smtp_port)
                await until(lambda: bool(shown))
            finally:
                await supervised.stop()
            link = f"https://localhost/verify?token={TOKEN}"
            assert shown.pop() == f"mail to alice@example.org: Confirm  {link}"
    assert supervised.log.exists()
    assert files_with(TOKEN, tmp_path) == []


async def test_a_line_is_shown_once_it_is_complete() -> None:
    shown: list[str] = []
    with showing_mail_announcements(shown.append) as lines:
        os.write(lines, b"one\ntwo\nth")
        await until(lambda: shown == ["one", "two"])
        os.write(lines, b"ree\n\xff\n")
        await until(lambda: shown == ["one", "two", "three", "\ufffd"])


def send(smtp_port: int) -> None:
    text = f"Open https://localhost/verify?token={TOKEN}.\r\nhttps://localhost\r\n"
    with SMTP("127.0.0.1", smtp_port) as client:
        client.sendmail(
            "no-reply@example.org", ["alice@example.org"], f"Subject: Confirm\r\n\r\n{text}"
        )


def files_with(text: str, folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes()]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110 (no event to wait for)
            await asyncio.sleep(0.02)


def test_only_auth_knows_the_address_of_the_sink(tmp_path: Path) -> None:
    left_over = {"SMTP_TLS": "starttls", "SMTP_USERNAME": "me", "MAIL_SINK_SMTP_PORT": "9425"}
    settings = read_settings(left_over)
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    auth = service_environment("auth", settings, state_folder, URLS)
    assert {name: value for name, value in auth.items() if name.startswith("SMTP_")} == {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "9425",
        "SMTP_TLS": "none",
        "SMTP_USERNAME": "",
        "SMTP_PASSWORD": "",
    }
    for name in ("history", "tournament", "ui"):
        found = service_environment(name, settings, state_folder, URLS)
        assert not any(variable.startswith("SMTP_") for variable in found)


def test_only_auth_and_tournament_have_tournaments_secret(tmp_path: Path) -> None:
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    name = "TOURNAMENT_SERVICE_SECRET"
    for chosen in ({}, {name: "given by the person who runs it"}):
        settings = read_settings(chosen)
        found = {
            service: service_environment(service, settings, state_folder, URLS).get(name)
            for service in ("auth", "history", "tournament", "ui")
        }
        assert found["auth"] == found["tournament"] == chosen.get(name, found["auth"])
        assert len(found["auth"] or "") >= 31
        assert (found["history"], found["ui"]) == (None, None)


def test_settings_of_a_real_mail_server_are_left_to_the_user(tmp_path: Path) -> None:
    settings = read_settings({"SMTP_HOST": "mail.example", "SMTP_PORT": "465"})
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    auth = service_environment("auth", settings, state_folder, URLS)
    assert not any(variable.startswith("SMTP_") for variable in auth)
    assert not {"mail_sink", "mail_sink_smtp"} & listeners_of_run(settings, "0.0.0.0").keys()  # noqa: S104


def test_every_port_that_will_be_opened_is_checked() -> None:
    settings = read_settings({"MONITORING": "1"})
    opened = {port for _, port in listeners_of_run(settings, "127.0.0.1").values()}
    assert opened == set(vars(settings.ports).values())


def test_ports_of_monitoring_are_not_checked_without_it() -> None:
    settings = read_settings({})
    watching = {"prometheus", "alertmanager", "node_exporter", "auth_db_exporter"}
    assert not watching & listeners_of_run(settings, "127.0.0.1").keys()


def test_the_gateway_always_has_the_addresses_of_monitoring(tmp_path: Path) -> None:
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    settings = read_settings({"PROMETHEUS_PORT": "9490"})
    prefix = state_folder.passable_folder("gateway")
    values = gateway_variables(
        GATEWAY, prefix, settings, state_folder, gateway_certificate(state_folder)
    )
    names = (
        *("PROMETHEUS_UPSTREAM", "ALERTMANAGER_UPSTREAM"),
        *("GRAFANA_UPSTREAM", "KIBANA_UPSTREAM"),
    )
    assert [values[name] for name in names] == [
        "127.0.0.1:9490",
        "127.0.0.1:8493",
        "127.0.0.1:3000",
        "127.0.0.1:5601",
    ]


def test_without_containers_the_gateway_trusts_only_its_own_certificate_for_kibana(
    tmp_path: Path,
) -> None:
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    prefix = state_folder.passable_folder("gateway")
    tls = gateway_certificate(state_folder)
    values = gateway_variables(GATEWAY, prefix, read_settings({}), state_folder, tls)
    assert (prefix / values["ELASTIC_CA"]).resolve() == tls.certificate.resolve()


def test_without_containers_the_gateway_writes_a_log_file_only_if_one_is_set(
    tmp_path: Path,
) -> None:
    state_folder = StateFolder(tmp_path, tmp_path, account=None)
    prefix = state_folder.passable_folder("gateway")
    for chosen in ({}, {"GATEWAY_LOG_FILE": "/var/log/gateway/access.json"}):
        settings = read_settings(chosen)
        values = gateway_variables(
            GATEWAY, prefix, settings, state_folder, gateway_certificate(state_folder)
        )
        assert values.get("GATEWAY_LOG_FILE") == chosen.get("GATEWAY_LOG_FILE")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
