"""Inhibition: which alerts suppress which others."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from tests.monitoring.alertmanager import (
    NEW,
    Alert,
    Alertmanager,
    alert,
    eventually,
    running_alertmanager,
)

pytestmark = pytest.mark.thorough

SOON_SECONDS = 10


@dataclass(frozen=True)
class Case:
    source: Alert
    held_back: Sequence[Alert]
    left_alone: Sequence[Alert]


def warning(name: str, **labels: str) -> Alert:
    return alert(name, severity="warning", says=None, age=NEW, **labels)


CASES = {
    "a host": Case(
        alert("HostDown", service="host", host="one"),
        [
            alert("ServiceDown", service="auth", host="one"),
            # No replica of ui runs anywhere, so this alert has no host.
            alert("ServiceDown", service="ui"),
            warning("TargetMissing", service="ui", job="services"),
            warning("InstanceDown", service="auth", host="one", instance="a"),
            alert("HostMemoryLow", service="host", host="one"),
        ],
        [
            alert("HostDown", service="host", host="two"),
            warning("InstanceDown", service="history", host="three", instance="b"),
            alert("AlertsNotDelivered", service="alertmanager"),
            warning("TicksLate", service="tournament"),
            alert("Watchdog", severity="none", host="one"),
        ],
    ),
    "a host without a name": Case(
        alert("HostDown", service="host"),
        [alert("ServiceDown", service="ui")],
        [alert("TournamentsOverdue", service="tournament"), warning("OutboxStuck", service="auth")],
    ),
    "a service": Case(
        alert("ServiceDown", service="auth"),
        [
            warning("InstanceDown", service="auth", instance="a"),
            warning("InstanceRestarting", service="auth", instance="a"),
            warning("SignInsFail", service="auth"),
            alert("ErrorBudgetBurnsFast", service="auth", upstream="auth"),
            alert("LatencyBudgetBurnsFast", service="auth"),
        ],
        [
            warning("PostgresTooManyConnections", service="auth"),
            warning("InstanceDown", service="history", instance="a"),
            alert("ErrorBudgetBurnsFast", service="history", upstream="history"),
            alert("TournamentsOverdue", service="auth"),
            warning("HostCpuHigh", service="host"),
            alert("Watchdog", severity="none"),
        ],
    ),
    "the gateway": Case(
        alert("ServiceDown", service="gateway"),
        [alert("NginxDown", service="gateway", host="one")],
        [alert("CertificateExpiresSoon", service="gateway", host="one")],
    ),
    "a service without a name": Case(
        alert("ServiceDown"),
        [],
        [warning("HostCpuHigh"), alert("ErrorBudgetBurnsFast")],
    ),
    "a database": Case(
        alert("PostgresDown", service="history", instance="a"),
        [
            warning("OutboxStuck", service="history", topic="deliver_event"),
            warning("DatabasePoolExhausted", service="history"),
            warning("PostgresSlowQueries", service="history", datname="history"),
            alert("ErrorBudgetBurnsFast", service="history", upstream="history"),
        ],
        [
            warning("OutboxStuck", service="auth", topic="deliver_event"),
            alert("ErrorBudgetBurnsFast", service="auth", upstream="auth"),
            alert("TournamentsOverdue", service="history"),
        ],
    ),
    "a service and not its database": Case(
        alert("ServiceDown", service="history"),
        [],
        [alert("PostgresDown", service="history"), alert("ServiceDown", service="auth")],
    ),
    "a database and not its service": Case(
        alert("PostgresDown", service="history"),
        [],
        [alert("ServiceDown", service="history"), alert("PostgresDown", service="auth")],
    ),
    "the worse of two": Case(
        alert("Filling", service="host", host="one", instance="a", device="sda"),
        [warning("Filling", service="host", host="one", instance="a", device="sda")],
        [
            warning("Filling", service="host", host="one", instance="a", device="sdb"),
            warning("Filling", service="host", host="one", instance="b", device="sda"),
            warning("Filling", service="host", host="two", instance="a", device="sda"),
            warning("Filling", service="gateway", host="one", instance="a", device="sda"),
            warning("Emptying", service="host", host="one", instance="a", device="sda"),
        ],
    ),
    "a certificate": Case(
        alert("CertificateExpiresSoon", service="gateway", host="one"),
        [warning("CertificateExpiresSoon", service="gateway", host="one")],
        [warning("CertificateExpiresSoon", service="gateway", host="two")],
    ),
    "errors": Case(
        alert("ErrorBudgetBurnsFast", service="auth", upstream="auth"),
        [warning("ErrorBudgetBurnsSlowly", service="auth", upstream="auth")],
        [
            warning("ErrorBudgetBurnsSlowly", service="ui", upstream="ui"),
            warning("LatencyBudgetBurnsSlowly", service="auth", upstream="auth"),
        ],
    ),
    "latency": Case(
        alert("LatencyBudgetBurnsFast", service="auth"),
        [warning("LatencyBudgetBurnsSlowly", service="auth")],
        [
            warning("LatencyBudgetBurnsSlowly", service="ui"),
            warning("ErrorBudgetBurnsSlowly", service="auth"),
        ],
    ),
}


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Alertmanager, None]:
    """An Alertmanager whose mails cannot be delivered."""
    async with running_alertmanager(tmp_path_factory.mktemp("alertmanager"), {}) as running:
        yield running


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_source_inhibits_its_consequences_and_no_other_alerts(
    running: Alertmanager, case: Case
) -> None:
    everything = [case.source, *case.held_back, *case.left_alone]
    # The canary is inhibited only by one of its own name. Once it is, all
    # rules have been evaluated.
    canary = [alert("Canary"), warning("Canary")]
    await running.fire(*everything, *canary)
    try:
        await eventually(
            lambda: _is_held_back(running, canary[1]), SOON_SECONDS, "nothing is held back"
        )
        expected = [each.labels for each in (*case.held_back, canary[1])]
        assert _sorted(await running.held_back()) == _sorted(expected)
    finally:
        await running.resolve(*everything, *canary)
    await eventually(lambda: _is_over(running), SOON_SECONDS, "something is still held back")


async def _is_held_back(running: Alertmanager, alert: Alert) -> bool:
    return alert.labels in await running.held_back()


async def _is_over(running: Alertmanager) -> bool:
    return not await running.held_back()


def _sorted(alerts: Sequence[Mapping[str, str]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(labels.items()) for labels in alerts)
