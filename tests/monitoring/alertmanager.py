"""Alertmanager as operators start it: by ops/alertmanager/start.sh."""

import asyncio
import os
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import httpx

from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import HOST, free_ports
from tests.monitoring.programs import find_program

START = Path(__file__).parents[2] / "ops" / "alertmanager" / "start.sh"
PUBLIC_URL = "https://pong.example.org:8090"
PACKAGE = "prometheus-alertmanager"
POLL_SECONDS = 0.1
# The required settings; no server listens there.
ELSEWHERE = {"PUBLIC_URL": PUBLIC_URL, "SMTP_HOST": HOST, "SMTP_PORT": "1"}
TEN_MINUTES = timedelta(minutes=10)
NEW = timedelta()

Json = dict[str, object]


@dataclass(frozen=True)
class Alert:
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    age: timedelta

    @cached_property
    def starts(self) -> datetime:
        """When the alert begins. It is counted from the first use, which may
        be long after its creation."""
        return datetime.now(UTC) - self.age

    def firing(self) -> Json:
        return {
            "labels": self.labels,
            "annotations": self.annotations,
            "startsAt": self.starts.isoformat(),
            "generatorURL": f"{PUBLIC_URL}/prometheus/graph?g0.expr=up+%3D%3D+0",
        }

    def resolved(self) -> Json:
        return {**self.firing(), "endsAt": datetime.now(UTC).isoformat()}


def alert(
    name: str,
    *,
    severity: str = "critical",
    says: Mapping[str, str] | None = None,
    age: timedelta = TEN_MINUTES,
    **labels: str,
) -> Alert:
    """Return an alert as Prometheus sends it; `says` is added to its annotations.

    Only a new alert waits for others of its group.
    """
    annotations = {
        "summary": f"{name} happens",
        "description": f"{name} has happened for 10 minutes.",
        "runbook": f"/runbooks/{name}.md",
        "dashboard": "/grafana/d/services/services?var-service=auth",
        **(says or {}),
    }
    return Alert({"alertname": name, "severity": severity, **labels}, annotations, age)


class Alertmanager:
    """A running Alertmanager on this machine; `folder` holds its configuration and its data."""

    def __init__(self, port: int, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.url = f"http://{HOST}:{port}"
        self.folder, self.process = folder, process
        self._client = httpx.AsyncClient(
            base_url=self.url, trust_env=False, timeout=PATIENCE_SECONDS
        )

    @property
    def configuration(self) -> Path:
        return self.folder / "alertmanager.yml"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    async def fire(self, *alerts: Alert) -> None:
        await self._post([each.firing() for each in alerts])

    async def resolve(self, *alerts: Alert) -> None:
        await self._post([each.resolved() for each in alerts])

    async def held_back(self) -> list[Mapping[str, str]]:
        """Return the labels of each alert that another one inhibits."""
        found = (await self._client.get("/api/v2/alerts")).raise_for_status().json()
        return [each["labels"] for each in found if each["status"]["inhibitedBy"]]

    async def failures(self) -> float:
        """Return the number of failed deliveries of mail."""
        name = 'alertmanager_notification_requests_failed_total{integration="email"'
        lines = (await self._client.get("/metrics")).raise_for_status().text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    async def wait_until_ready(self) -> None:
        await eventually(
            self._is_ready, PATIENCE_SECONDS, f"{self.log} does not say that it is ready"
        )

    async def close(self) -> None:
        await self._client.aclose()
        self.process.terminate()
        await asyncio.to_thread(self.process.wait, PATIENCE_SECONDS)

    async def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return (await self._client.get("/-/ready")).is_success
        except httpx.TransportError:
            return False

    async def _post(self, alerts: list[Json]) -> None:
        (await self._client.post("/api/v2/alerts", json=alerts)).raise_for_status()


@asynccontextmanager
async def running_alertmanager(
    folder: Path, environment: Mapping[str, str], port: int | None = None
) -> AsyncGenerator[Alertmanager, None]:
    """Start an Alertmanager in `folder` with these variables in an otherwise empty environment."""
    port = port or free_ports(1)[0]
    process = _start(folder, environment, port)
    running = Alertmanager(port, folder, process)
    try:
        await running.wait_until_ready()
        yield running
    finally:
        await running.close()


def start_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of start.sh, which has only the paths of
    programs from this machine."""
    return {"PATH": os.environ["PATH"], **ELSEWHERE, **changes}


async def eventually(
    holds: Callable[[], Awaitable[object]], seconds: float, otherwise: str
) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: the condition does not hold in time.
    """
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"{otherwise} within {seconds} s") from None


def _start(folder: Path, environment: Mapping[str, str], port: int) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    own = {"ALERTMANAGER": find_program(PACKAGE, PACKAGE), "CONFIG_FOLDER": str(folder)}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [START, f"--storage.path={folder}/data", f"--web.listen-address={HOST}:{port}"],
            env=start_environment(environment) | own,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
