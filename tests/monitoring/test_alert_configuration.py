"""The configuration that ops/alertmanager/start.sh writes from its environment, and
the values that it rejects."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.alertmanager import PACKAGE, START, start_environment
from tests.monitoring.programs import find_program

NASTY = """it's "#1": é ü, $HOME ${SMTP_HOST} `id` $(id) \\n \\ & %s {{x}} - [a] !b *c @d"""
HEARTBEAT = "https://beats.example.org/ping/a-token?x=1&y=%20#z"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / NASTY.replace("/", "") / "password"
    file.parent.mkdir()
    file.write_text("the server's own\n")
    return file


def run(
    *arguments: str, environment: Mapping[str, str], interpreter: Sequence[str] = ()
) -> tuple[int, str, str]:
    ended = subprocess.run(
        [*interpreter, START, *arguments],
        env=start_environment(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    return ended.returncode, ended.stdout, ended.stderr


def render(**environment: str) -> Any:  # noqa: ANN401 - any YAML
    status, configuration, message = run("--render", environment=environment)
    assert status == 0, message
    return yaml.safe_load(configuration)


def message(**environment: str) -> str:
    """Return the single-line error with which the script rejects the
    environment, without any output."""
    status, configuration, said = run("--render", environment=environment)
    assert (status, configuration, said.count("\n")) == (1, "", 1), said
    return said


def receiver(configuration: Any, name: str) -> Any:  # noqa: ANN401
    (found,) = (each for each in configuration["receivers"] if each["name"] == name)
    return found


def test_few_settings_are_required() -> None:
    configuration = render(SMTP_HOST="mail", SMTP_PORT="1025")
    mail = configuration["global"]
    assert mail["smtp_smarthost"] == "mail:1025"
    assert mail["smtp_from"] == '"Transcendence" <no-reply@localhost>'
    assert mail["smtp_hello"] == "pong.example.org"
    assert mail["smtp_require_tls"] is False
    assert not [key for key in mail if key.startswith("smtp_auth")]
    assert receiver(configuration, "operators")["email_configs"][0]["to"] == "operators@localhost"
    assert receiver(configuration, "heartbeat") == {"name": "heartbeat"}


def test_special_characters_in_values_are_kept(password: Path) -> None:
    configuration = render(
        ALERT_MAIL_TO="o'neil+{a}@example.org, b&c=$d@example.org".replace("{a}", "#a"),
        ALERT_HEARTBEAT_URL=HEARTBEAT,
        SMTP_PORT="587",
        SMTP_TLS="starttls",
        SMTP_USERNAME=NASTY,
        SMTP_PASSWORD_FILE=str(password),
    )
    mail = configuration["global"]
    assert mail["smtp_auth_username"] == NASTY
    assert mail["smtp_auth_password_file"] == str(password)
    assert mail["smtp_require_tls"] is True
    (operators,) = receiver(configuration, "operators")["email_configs"]
    assert operators["to"] == "o'neil+#a@example.org, b&c=$d@example.org"
    (heartbeat,) = receiver(configuration, "heartbeat")["webhook_configs"]
    assert heartbeat == {"url": HEARTBEAT, "send_resolved": False}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a@example.org", ""),
        ("<a@example.org>", ""),
        ("Pong <a@example.org>", "Pong"),
        ('"Pong" <a@example.org>', "Pong"),
        ('O\'Neil: the #1, "best" \\ $HOME & co. <a@example.org>', None),
        (r'"O\'Neil, \"best\" \\ co" <a@example.org>', 'O\'Neil, "best" \\ co'),
        ("Jürgen, größer <a@example.org>", "Jürgen, größer"),
        ('"Jürgen" <a@example.org>', "Jürgen"),
        ("卓球 🏓 <a@example.org>", "卓球 🏓"),
    ],
)
def test_the_sender_keeps_name_and_address(given: str, name: str | None) -> None:
    sender = render(MAIL_FROM=given)["global"]["smtp_from"]
    assert sender.isascii(), "or Alertmanager encodes the address too"
    shown, address = parseaddr(sender)
    wanted = given.rpartition(" <")[0] if name is None else name
    assert (str(make_header(decode_header(shown))), address) == (wanted, "a@example.org")


@pytest.mark.parametrize(
    ("tls", "port", "wanted"),
    [
        ("none", "25", {"smtp_require_tls": False}),
        ("", "25", {"smtp_require_tls": False}),
        ("starttls", "587", {"smtp_require_tls": True}),
        ("tls", "465", {"smtp_require_tls": False}),
        ("tls", "8465", {"smtp_require_tls": False, "smtp_force_implicit_tls": True}),
    ],
)
def test_encryption_follows_the_settings(tls: str, port: str, wanted: dict[str, bool]) -> None:
    mail = render(SMTP_TLS=tls, SMTP_PORT=port)["global"]
    assert {key: mail[key] for key in mail if key.endswith("_tls")} == wanted


@pytest.mark.parametrize(
    ("address", "wanted"), [("::1", "[::1]:25"), ("127.0.0.1", "127.0.0.1:25"), ("a.b", "a.b:25")]
)
def test_a_mail_server_may_be_a_name_or_an_address(address: str, wanted: str) -> None:
    assert render(SMTP_HOST=address, SMTP_PORT="25")["global"]["smtp_smarthost"] == wanted


@pytest.mark.parametrize(
    ("url", "hello"),
    [
        ("https://pong.example.org", "pong.example.org"),
        ("http://localhost:8090/", "localhost"),
        ("https://[::1]:8090/", "[::1]"),
    ],
)
def test_alertmanager_introduces_itself_with_the_platforms_name(url: str, hello: str) -> None:
    assert render(PUBLIC_URL=url)["global"]["smtp_hello"] == hello


def test_no_credentials_are_used_without_a_user_name(password: Path) -> None:
    mail = render(SMTP_USERNAME="", SMTP_PASSWORD_FILE=str(password))["global"]
    assert not [key for key in mail if key.startswith("smtp_auth")]


def test_a_relative_password_file_is_resolved_from_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    ended = subprocess.run(
        [START, "--render"],
        env=start_environment({"SMTP_USERNAME": "a", "SMTP_PASSWORD_FILE": "password"}),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    configuration = yaml.safe_load(ended.stdout)
    assert configuration["global"]["smtp_auth_password_file"] == str(tmp_path / "password")
    assert b"secret" not in ended.stdout


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SMTP_HOST": ""}, "SMTP_HOST is missing"),
        ({"SMTP_HOST": "mail:25"}, "its port is SMTP_PORT"),
        ({"SMTP_HOST": "smtp://mail"}, "SMTP_HOST must be the name"),
        ({"SMTP_HOST": "a b"}, "SMTP_HOST must be the name"),
        ({"SMTP_HOST": "mail\n"}, "SMTP_HOST holds a line break"),
        ({"SMTP_PORT": ""}, "SMTP_PORT is missing"),
        ({"SMTP_PORT": "smtp"}, "SMTP_PORT must be a number"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT must be a number"),
        ({"SMTP_PORT": "65536"}, "SMTP_PORT must be a number"),
        ({"SMTP_PORT": "99999999999999999999"}, "SMTP_PORT must be a number"),
        ({"SMTP_TLS": "ssl"}, "SMTP_TLS must be none, starttls or tls"),
        ({"SMTP_TLS": "starttls", "SMTP_PORT": "465"}, "set SMTP_TLS=tls"),
        ({"SMTP_TLS": "none", "SMTP_PORT": "465"}, "set SMTP_TLS=tls"),
        ({"SMTP_USERNAME": "a"}, "but SMTP_PASSWORD_FILE is not"),
        ({"SMTP_USERNAME": "a", "SMTP_PASSWORD_FILE": "/nowhere"}, "is no file: /nowhere"),
        ({"SMTP_USERNAME": "a", "SMTP_PASSWORD_FILE": "/dev"}, "is no file: /dev"),
        ({"ALERT_MAIL_TO": "a@b\nc@d"}, "ALERT_MAIL_TO holds a line break"),
        ({"ALERT_MAIL_TO": "{{ .Status }}@b"}, "invalid mail address: {{ .Status }}@b"),
        ({"ALERT_MAIL_TO": "a@b, nobody"}, "invalid mail address: nobody"),
        ({"ALERT_MAIL_TO": "a@b,,c@d"}, "invalid mail address: an empty one"),
        ({"ALERT_MAIL_TO": "a@b@c"}, "invalid mail address: a@b@c"),
        ({"ALERT_MAIL_TO": "a..b@c"}, "invalid mail address: a..b@c"),
        ({"ALERT_MAIL_TO": "a@b."}, "invalid mail address: a@b."),
        ({"ALERT_MAIL_TO": "é@b"}, "invalid mail address: é@b"),
        ({"ALERT_MAIL_TO": "Ops <a@b>"}, "addresses without names"),
        ({"MAIL_FROM": "Pong"}, "invalid mail address: Pong"),
        ({"MAIL_FROM": "Pong {{ .Status }} <a@b>"}, "MAIL_FROM must not hold {{"),
        ({"MAIL_FROM": "Pong\r <a@b>"}, "MAIL_FROM holds a line break"),
        ({"MAIL_FROM": "A <a@b>, B <b@c>, <>"}, "invalid mail address"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must be an http or https address"),
        ({"PUBLIC_URL": "pong.example.org"}, "PUBLIC_URL must be an http or https address"),
        ({"PUBLIC_URL": "https://"}, "PUBLIC_URL must be an http or https address"),
        ({"ALERT_HEARTBEAT_URL": "ftp://a"}, "ALERT_HEARTBEAT_URL must be an http"),
        ({"ALERT_HEARTBEAT_URL": "https://a/b c"}, "ALERT_HEARTBEAT_URL must be an http"),
        ({"ALERT_HEARTBEAT_URL": "https://a/'{{x}}"}, "ALERT_HEARTBEAT_URL must be an http"),
    ],
)
def test_an_invalid_setting_is_reported(environment: dict[str, str], said: str) -> None:
    assert said in message(**environment)


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1"])
def test_a_password_without_encryption_is_rejected_unless_the_server_is_local(
    password: Path, host: str
) -> None:
    """Alertmanager would otherwise refuse to send each mail, without any other notice."""
    signed_in = {"SMTP_USERNAME": "a", "SMTP_PASSWORD_FILE": str(password)}
    assert "SMTP_TLS=starttls or tls" in message(SMTP_HOST=host, **signed_in)
    assert render(SMTP_HOST="localhost", **signed_in)["global"]["smtp_auth_username"] == "a"


@pytest.mark.parametrize("content", ["", "\n", " \n\t"])
def test_an_empty_password_is_reported(tmp_path: Path, content: str) -> None:
    file = tmp_path / "password"
    file.write_text(content)
    assert "is empty" in message(SMTP_USERNAME="a", SMTP_PASSWORD_FILE=str(file))


def test_a_missing_program_is_reported() -> None:
    status, _, said = run(environment={"ALERTMANAGER": "/nowhere/alertmanager"})
    assert (status, said.count("\n")) == (1, 1)
    assert "there is no program /nowhere/alertmanager" in said


def test_a_version_without_the_chosen_encryption_is_reported(tmp_path: Path) -> None:
    for version, status in (("0.25.0", 1), ("0.31.0", 0), ("1.0.0", 0)):
        program = tmp_path / "alertmanager"
        program.write_text(f"#!/bin/sh\necho 'alertmanager, version {version} (branch: x)'\n")
        program.chmod(0o700)
        ended = run(
            environment={
                "SMTP_TLS": "tls",
                "SMTP_PORT": "8465",
                "ALERTMANAGER": str(program),
                "CONFIG_FOLDER": str(tmp_path / "run"),
            }
        )
        assert ended[0] == status, ended
        assert ("needs Alertmanager 0.31" in ended[2]) == bool(status)


def test_written_files_are_readable_by_the_owner_only(tmp_path: Path, password: Path) -> None:
    """This includes files that already existed with wider permissions."""
    folder = tmp_path / "run"
    folder.mkdir()
    files = folder / "alertmanager.yml", folder / "smtp_password"
    for file in files:
        file.write_text("old")
        file.chmod(0o644)
    environment = {"ALERTMANAGER": "true", "CONFIG_FOLDER": str(folder), "SMTP_USERNAME": "a"}
    assert run(environment={**environment, "SMTP_PASSWORD_FILE": str(password)})[0] == 0
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    configuration, copy = (file.read_text() for file in files)
    assert copy == "the server's own"
    assert copy not in configuration
    assert yaml.safe_load(configuration)["global"]["smtp_auth_password_file"] == str(files[1])


def test_an_unused_password_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "smtp_password").write_text("old")
    assert run(environment={"ALERTMANAGER": "true", "CONFIG_FOLDER": str(tmp_path)})[0] == 0
    assert [file.name for file in tmp_path.iterdir()] == ["alertmanager.yml"]


def test_a_private_folder_is_created_without_a_configured_one(tmp_path: Path) -> None:
    assert run(environment={"ALERTMANAGER": "true", "TMPDIR": str(tmp_path)})[0] == 0
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "alertmanager.yml").stat().st_mode & 0o777 == 0o600


def test_amtool_accepts_the_configuration(tmp_path: Path, password: Path) -> None:
    amtool = find_program("amtool", PACKAGE)
    everything = {
        "ALERT_HEARTBEAT_URL": HEARTBEAT,
        "MAIL_FROM": "Jürgen <a@example.org>",
        "SMTP_TLS": "starttls",
        "SMTP_USERNAME": NASTY,
        "SMTP_PASSWORD_FILE": str(password),
    }
    for number, environment in enumerate(({}, everything)):
        file = tmp_path / f"{number}.yml"
        file.write_text(run("--render", environment=environment)[1])
        checked = subprocess.run([amtool, "check-config", file], capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


def test_busybox_writes_the_same_configuration(tmp_path: Path, password: Path) -> None:
    """The image has busybox's shell and awk."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("the system package busybox is missing")
    for applet in ("awk", "base64", "dirname", "grep", "sh", "tr"):
        (tmp_path / applet).symlink_to(busybox)
    environment = {
        "ALERT_HEARTBEAT_URL": HEARTBEAT,
        "MAIL_FROM": f"{NASTY.replace('{{x}}', '')} <a@example.org>",
        "SMTP_TLS": "starttls",
        "SMTP_USERNAME": NASTY,
        "SMTP_PASSWORD_FILE": str(password),
    }
    usual = run("--render", environment=environment)
    assert usual[0] == 0
    in_busybox = {**environment, "PATH": str(tmp_path)}
    assert run("--render", environment=in_busybox, interpreter=[str(tmp_path / "sh")]) == usual
