"""with-secrets.sh starts a program with its passwords, which are not visible in
the container's description."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "ops/elk/with-secrets.sh"
SHELLS = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]
PRINT_ENVIRONMENT = ("--", "env")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "elastic_password").write_text("hush\n")
    (tmp_path / "operator_password").write_text("a \"b\" $c `d` 'e' \\ é")
    (tmp_path / "kibana_encryption_key").write_text("x" * 43)
    return tmp_path


def run(folder: Path, *arguments: str, shell: str = "sh") -> subprocess.CompletedProcess[str]:
    command = [shell, *(["sh"] if shell == "busybox" else []), str(SCRIPT), *arguments]
    environment = {"PATH": "/usr/bin:/bin", "SECRETS": str(folder), "ES_SETTING_NODE_NAME": "es02"}
    return subprocess.run(
        command, check=False, env=environment, capture_output=True, text=True, timeout=10
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_the_program_gets_only_the_named_secrets(folder: Path, shell: str) -> None:
    names = ("elastic_password", "operator_password")
    ended = run(folder, *names, *PRINT_ENVIRONMENT, shell=shell)
    assert ended.returncode == 0, ended.stderr
    found = dict(line.split("=", 1) for line in ended.stdout.splitlines())
    assert found["ELASTIC_PASSWORD"] == "hush"
    assert found["OPERATOR_PASSWORD"] == "a \"b\" $c `d` 'e' \\ é"
    assert "KIBANA_ENCRYPTION_KEY" not in found
    # The container's own variables remain.
    assert found["ES_SETTING_NODE_NAME"] == "es02"


def test_the_program_replaces_the_script_and_gets_its_arguments_unchanged(
    folder: Path,
) -> None:
    """The program then receives the engine's signals, and its exit status is the container's."""
    script = 'kill -s TERM $$; printf "%s|" "$@"'
    ended = run(
        folder,
        "elastic_password",
        "--",
        "sh",
        "-c",
        f"trap '' TERM; {script}",
        "sh",
        "a b",
        "--",
        "*",
    )
    assert (ended.returncode, ended.stdout) == (0, "a b|--|*|")
    assert run(folder, "elastic_password", "--", "sh", "-c", "exit 7").returncode == 7
    assert run(folder, "elastic_password", "--", "sh", "-c", "kill -s KILL $$").returncode == -9


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ("elastic_password", "kibana_system_password", *PRINT_ENVIRONMENT),
            "kibana_system_password is missing",
        ),
        (("empty", *PRINT_ENVIRONMENT), "empty is empty: delete /secrets/all/empty"),
        (("folder", *PRINT_ENVIRONMENT), "folder is missing or not readable"),
        (("../elastic_password", *PRINT_ENVIRONMENT), "is no name of a secret"),
        (("1password", *PRINT_ENVIRONMENT), "is no name of a secret"),
        (("", *PRINT_ENVIRONMENT), "is no name of a secret"),
        ((), "say what to start"),
        (("--", "env"), "say which secrets"),
        (("elastic_password",), "say what to start"),
        (("elastic_password", "--"), "say what to start"),
    ],
)
def test_a_missing_argument_or_secret_is_reported_and_nothing_starts(
    folder: Path, arguments: tuple[str, ...], reason: str, shell: str
) -> None:
    (folder / "empty").write_text("\n")
    (folder / "folder").mkdir()
    ended = run(folder, *arguments, shell=shell)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("with-secrets: ")
    assert reason in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "hush" not in ended.stderr
