import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import pytest

from tests.compose.containers import MAIL, RUNNING, SERVICES
from tests.fixtures.composed import ComposedPlatform
from tests.fixtures.docker import docker

# These secrets are empty here.
GIVEN_BY_OTHERS = (
    "smtp_password",
    "oauth_42_client_secret",
    "oauth_github_client_secret",
    "oauth_google_client_secret",
)
# Name in the container: name in the folder of secrets.
SECRETS = {
    "gateway": {
        "tls_certificate": "tls_certificate.pem",
        "tls_key": "tls_key.pem",
        # The gateway checks Kibana's certificate with it, even if Kibana does not run.
        "elastic_ca": "elastic_ca.pem",
    },
    "ui": {},
    "auth": {
        name: name
        for name in (
            "auth_database_url",
            "auth_encryption_key",
            "auth_refresh_secret",
            "tournament_service_secret",
            *GIVEN_BY_OTHERS,
        )
    },
    MAIL: {},
    "history": {name: name for name in ("history_database_url", "history_ticket_secret")},
    "tournament": {name: name for name in ("tournament_database_url", "tournament_service_secret")},
    **{
        f"{service}_db": {
            "admin_password": f"{service}_database_admin_password",
            "database_password": f"{service}_database_password",
        }
        for service in SERVICES
    },
}
SUM_SECRETS = "cd /run/secrets 2>/dev/null && sha256sum *"
# Shorter lines are the frame or the last line of a PEM file.
SHORTEST_VALUE = 32


@pytest.fixture
def values(composed: ComposedPlatform) -> set[str]:
    """All secret values; keys line by line."""
    files = [file for file in composed.secrets.iterdir() if is_secret(file.name)]
    lines = {line for file in files for line in file.read_text().splitlines()}
    found = {line for line in lines if len(line) >= SHORTEST_VALUE and not line.startswith("---")}
    assert len(found) >= len(files)
    return found


def is_secret(name: str) -> bool:
    """Whether a file is secret; certificates are public."""
    return not name.endswith(("certificate.pem", "_ca.pem")) and name not in GIVEN_BY_OTHERS


# Not root, and no account of this machine or of an image.
SOMEBODY = 12345


@pytest.mark.parametrize("name", [*RUNNING, MAIL])
def test_a_container_sees_its_own_secrets_only(composed: ComposedPlatform, name: str) -> None:
    seen = composed.run_in(composed.container(name), "sh", "-c", SUM_SECRETS).stdout
    assert {line.split()[1]: line.split()[0] for line in seen.splitlines()} == {
        inside: hashlib.sha256((composed.secrets / outside).read_bytes()).hexdigest()
        for inside, outside in SECRETS[name].items()
    }


def test_the_setup_reads_a_folder_that_its_owner_has_closed(
    composed: ComposedPlatform, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    (own / "smtp_password").write_text("hush")
    if os.geteuid() == 0:
        os.chown(own, SOMEBODY, SOMEBODY)
    another = replace(
        composed,
        project=f"transcendence-test-{token_hex(4)}",
        environment={**composed.environment, "SECRETS_DIR": str(own)},
    )
    run = ("run", "--rm", "--quiet-pull", "setup")
    try:
        another.compose(*run)
        assert another.compose(*run, "cat", "/secrets/auth/smtp_password") == "hush"
    finally:
        another.compose("down", "--volumes")


def test_the_description_of_a_container_holds_no_secret(
    composed: ComposedPlatform, values: set[str]
) -> None:
    """Every user who may list containers can read their environments and commands."""
    for name, container in composed.all_containers().items():
        told = json.dumps(container)
        assert not any(value in told for value in values), name


def test_the_description_of_an_image_holds_no_secret(
    composed: ComposedPlatform, values: set[str]
) -> None:
    for image in {container["Image"] for container in composed.all_containers().values()}:
        told = docker("image", "inspect", image) + docker("history", "--no-trunc", image)
        assert not any(value in told for value in values), image


def test_no_secret_is_logged(composed: ComposedPlatform, values: set[str]) -> None:
    logged = composed.compose("logs", "--no-color")
    assert "database system is ready" in logged
    assert not any(value in logged for value in values)
