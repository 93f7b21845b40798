"""Containers that are killed, stopped or started with a faulty
version, and the state afterwards."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from shutil import copytree
from typing import Any

import httpx
import pytest
from cryptography import x509

from tests.compose.load import until
from tests.fixtures.composed import ComposedPlatform
from tests.fixtures.docker import DockerFailed, docker
from tests.platform.players import PASSWORD, Account, gateway_client, local_match, register

# The longest that a person should wait, even for a page that reports an outage.
ANSWER_SECONDS = 10
MATCH_SECONDS = 60
PAUSE_SECONDS = 0.5
SERVICES = ("auth", "history", "tournament", "ui")
# The databases of these services are killed.
HURT = ("auth", "history")


@dataclass(frozen=True)
class Played:
    """A player and the match that they played."""

    account: Account
    match: dict[str, Any]

    async def sign_in(self) -> httpx.Response:
        typed = {"username": self.account.username, "password": PASSWORD}
        return await self.account.client.post("/api/user/login", json=typed)

    async def matches(self) -> httpx.Response:
        headers = self.account.headers
        return await self.account.client.get("/api/history/matches", headers=headers)

    async def page(self) -> httpx.Response:
        headers = {"Cookie": f"__Host-access={self.account.access_token}", "Accept": "text/html"}
        return await self.account.client.get("/matches", headers=headers)


@pytest.fixture(scope="module")
async def played(composed: ComposedPlatform) -> AsyncGenerator[Played, None]:
    async with gateway_client(composed) as client:
        client.timeout = httpx.Timeout(ANSWER_SECONDS)
        account = await register(client)
        ticket = await account.ticket(mode="local", opponent_name="Bob")
        seed = ticket["seed"]
        assert isinstance(seed, int)
        log = local_match(seed, 3)
        async with asyncio.timeout(MATCH_SECONDS):
            answer = await account.submit(ticket["ticket"], log)
            # The match is refused until enough time for its ticks has passed.
            while answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
                await asyncio.sleep(PAUSE_SECONDS)
                answer = await account.submit(ticket["ticket"], log)
        assert answer.status_code == 201, answer.text
        yield Played(account, answer.json())


@dataclass(frozen=True)
class Outage:
    """Answers of the platform while databases were down, and the services'
    states before and at the end."""

    matches: httpx.Response
    page: httpx.Response
    sign_in: httpx.Response
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
async def outage(composed: ComposedPlatform, played: Played) -> Outage:
    databases = [composed.container(f"{service}_db") for service in HURT]
    before = states(composed)
    await asyncio.to_thread(docker, "kill", *databases)
    try:
        answers = await played.matches(), await played.page(), await played.sign_in()
        await until(lambda: were_asked_for_their_health(composed, before))
        after = states(composed)
    finally:
        await asyncio.to_thread(docker, "start", *databases)
        await asyncio.to_thread(composed.wait_healthy)
    return Outage(*answers, before, after)


def states(platform: ComposedPlatform) -> dict[str, Any]:
    return {
        each: platform.inspect(platform.container(each))["State"] for each in (*SERVICES, "gateway")
    }


def were_asked_for_their_health(platform: ComposedPlatform, before: dict[str, Any]) -> bool:
    """Whether each service's health check has run completely once more since then."""
    newest = {each: state["Health"]["Log"][-1]["End"] for each, state in states(platform).items()}
    return all(newest[each] > before[each]["Health"]["Log"][-1]["End"] for each in newest)


async def test_a_missing_database_is_reported_as_unavailable(outage: Outage) -> None:
    for answer in (outage.matches, outage.sign_in):
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_page_reports_the_outage_in_html(outage: Outage) -> None:
    assert outage.page.status_code == 503
    assert outage.page.headers["content-type"].startswith("text/html")
    assert "<main" in outage.page.text


def test_a_missing_database_restarts_no_service(outage: Outage) -> None:
    for service, state in outage.after.items():
        assert state["Health"]["Status"] == "healthy", (service, state)
        assert state["StartedAt"] == outage.before[service]["StartedAt"], service


async def test_everything_works_again_after_the_outage(outage: Outage, played: Played) -> None:
    assert outage.matches.status_code == 503
    assert (await played.sign_in()).status_code == 200
    assert (await played.matches()).json()["items"][0]["id"] == played.match["id"]
    assert (await played.page()).status_code == 200


async def test_a_killed_process_is_restarted(composed: ComposedPlatform, played: Played) -> None:
    before = states(composed)
    await asyncio.to_thread(kill_processes, composed, [s["Pid"] for s in before.values()])
    await until(
        lambda: all(s["Pid"] not in {0, before[n]["Pid"]} for n, s in states(composed).items())
    )
    await asyncio.to_thread(composed.wait_healthy)
    assert (await played.sign_in()).status_code == 200
    assert (await played.page()).status_code == 200


def kill_processes(platform: ComposedPlatform, pids: list[int]) -> None:
    """Kill from outside of the containers: a container's first process
    cannot be killed from inside."""
    command = f"kill -KILL {' '.join(map(str, pids))}"
    options = ("--rm", "--pid", "host", "--user", "0", "--network", "none")
    docker("run", *options, platform.image("ui"), "sh", "-c", command)


@dataclass(frozen=True)
class Restart:
    """The state before everything was stopped and removed, and how the containers stopped."""

    certificate: int
    data: dict[str, str]
    ended: dict[str, Any]


@pytest.fixture(scope="module")
async def restart(composed: ComposedPlatform, played: Played) -> Restart:
    """Stop and remove all containers, and create them again; the volumes remain."""
    assert played.match
    serial, data = certificate_serial(composed), {each: dump(composed, each) for each in HURT}
    await asyncio.to_thread(composed.compose, "stop")
    ended = {name: found["State"] for name, found in composed.all_containers().items()}
    await asyncio.to_thread(composed.compose, "down")
    await asyncio.to_thread(composed.compose, "up", "--wait")
    return Restart(serial, data, ended)


def certificate_serial(platform: ComposedPlatform) -> int:
    pem = ssl.get_server_certificate(("localhost", platform.port))
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def dump(platform: ComposedPlatform, service: str) -> str:
    """Return a dump of a service's database, including its schema version."""
    container, database = platform.container(f"{service}_db"), f"{service}_db"
    found = platform.run_in(container, "pg_dump", "--username", "postgres", database)
    assert found.returncode == 0, found.stderr
    # These lines contain a new random word in each dump.
    lines = found.stdout.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict")))


def test_every_container_stops_in_time_and_without_an_error(restart: Restart) -> None:
    assert {name: state["ExitCode"] for name, state in restart.ended.items()} == dict.fromkeys(
        restart.ended, 0
    )
    assert not any(state["OOMKilled"] for state in restart.ended.values())


async def test_stored_data_survives_new_containers(restart: Restart, played: Played) -> None:
    assert restart.ended
    assert (await played.sign_in()).status_code == 200
    assert (await played.matches()).json()["items"][0]["id"] == played.match["id"]


def test_the_certificate_survives_new_containers(
    restart: Restart, composed: ComposedPlatform
) -> None:
    assert certificate_serial(composed) == restart.certificate


@pytest.mark.parametrize("service", ["auth", "history", "tournament"])
def test_migrations_run_again(restart: Restart, composed: ComposedPlatform, service: str) -> None:
    assert restart.ended
    job = composed.all_containers()[f"{service}_migrations-1"]
    assert (job["State"]["Status"], job["State"]["ExitCode"]) == ("exited", 0)


def test_repeated_migrations_change_nothing(restart: Restart, composed: ComposedPlatform) -> None:
    assert dump(composed, "history") == restart.data["history"]


def test_a_new_version_serves_after_its_migration(
    composed: ComposedPlatform, tmp_path: Path
) -> None:
    image = composed.image("history")
    old = docker("image", "inspect", "--format", "{{.Id}}", image).strip()
    (tmp_path / "Dockerfile").write_text(f"FROM {image}\nLABEL version=next\n")
    try:
        docker("build", "--quiet", "--tag", image, str(tmp_path))
        composed.compose("up", "--wait")
        found = composed.all_containers()
        job, service = found["history_migrations-1"], found["history-1"]
        assert job["Image"] == service["Image"] != old
        finished, started = job["State"]["FinishedAt"], service["State"]["StartedAt"]
        assert datetime.fromisoformat(finished) < datetime.fromisoformat(started)
    finally:
        docker("tag", old, image)
        composed.compose("up", "--wait")


def test_a_version_whose_migration_fails_does_not_start(
    composed: ComposedPlatform, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"
    copytree(composed.secrets, secrets)
    url = secrets / "history_database_url"
    url.chmod(0o644)
    url.write_text("postgresql://history:not-the-password@history_db:5432/history_db")
    broken = replace(
        composed,
        project=f"transcendence-test-{token_hex(4)}",
        secrets=secrets,
        environment={**composed.environment, "SECRETS_DIR": str(secrets)},
    )
    try:
        with pytest.raises(DockerFailed, match=r"history_migrations.*didn't complete successfully"):
            broken.compose("up", "--wait", "history")
        service = broken.all_containers()["history-1"]
        assert service["State"]["Status"] == "created"
    finally:
        broken.compose("down", "--volumes", "--timeout", "2")
