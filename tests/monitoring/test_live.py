"""The data of rules and panels exist on a running platform, and an
operator is told when it fails."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from tests.fixtures.launched import LaunchedPlatform
from tests.fixtures.mail import Mail
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import HOST
from tests.monitoring.conftest import OPERATORS
from tests.monitoring.prometheus import Prometheus, until_up
from tests.monitoring.queries import (
    ONLY_IN_CONTAINERS,
    ONLY_WITH_A_STANDBY,
    PanelQuery,
    RuleQuery,
    dashboards,
    metrics_in,
    panel_queries,
    rule_queries,
    selectors_in,
    why_empty,
)

pytestmark = pytest.mark.thorough

# Two scrapes for the first rate, and the time until the slowest event of the game is counted.
SEEN_SECONDS = 150
# A failed scrape, the rule's minute and the group's wait; twice that on a busy machine.
TOLD_SECONDS = 300
POLL_SECONDS = 1.0
FAULTS = "Faults by route"


@pytest.fixture(scope="session")
async def prometheus(watched: LaunchedPlatform) -> AsyncGenerator[Prometheus, None]:
    prometheus = Prometheus(f"http://{HOST}:{watched.ports.prometheus}")
    yield prometheus
    await prometheus.aclose()


async def test_every_target_is_up(prometheus: Prometheus) -> None:
    targets = await until_up(prometheus, PATIENCE_SECONDS)
    assert set(targets.values()) == {"up"}, targets
    assert {target.split()[0] for target in targets} == {
        "services", "gateway", "postgres", "node", "prometheus", "alertmanager",
    }  # fmt: skip


async def test_every_metric_in_a_rule_or_panel_exists(prometheus: Prometheus) -> None:
    asked: Sequence[PanelQuery | RuleQuery] = [*panels_asked(), *rule_queries()]
    named = {name for each in asked for name in metrics_in(each.expression)}
    expected = named - {*ONLY_IN_CONTAINERS} - ONLY_WITH_A_STANDBY
    deadline = asyncio.get_running_loop().time() + SEEN_SECONDS
    while missing := expected - await prometheus.metrics():
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(POLL_SECONDS)
    assert missing == set()


async def test_every_panel_shows_data(prometheus: Prometheus) -> None:
    await expect_data(prometheus, [each for each in panels_asked() if why_empty(each) is None])


async def test_every_rule_reads_existing_data(prometheus: Prometheus) -> None:
    """A rule that does not fire yields nothing, so its selectors are queried
    one by one, without offset."""
    rules = rule_queries()
    for asked in rules:
        await prometheus.query(asked.expression)
    read = [
        rule._replace(expression=selector.partition(" offset ")[0])
        for rule in rules
        for selector in selectors_in(rule.expression)
        if not metrics_in(selector) & ({*ONLY_IN_CONTAINERS} | ONLY_WITH_A_STANDBY)
    ]
    await expect_data(prometheus, read)


async def test_a_healthy_platform_has_a_heartbeat_and_no_critical_alert(
    prometheus: Prometheus,
) -> None:
    """A busy machine may cause warnings."""
    assert "Watchdog" in await prometheus.alerts()
    assert await prometheus.alerts(severity="critical") == set()


@pytest.mark.drill
async def test_operators_get_a_mail_when_a_service_hangs_and_when_it_is_back(
    watched: LaunchedPlatform, prometheus: Prometheus
) -> None:
    faults = [each for each in panels_asked() if each.panel == FAULTS]
    with watched.frozen("history"):
        mail = await told(watched, "ServiceDown", "history", "firing")
        await expect_data(prometheus, faults)
    assert "No replica of history answers" in mail.text
    assert f"{watched.url}/runbooks/ServiceDown.md" in mail.text
    assert f"{watched.url}/grafana/d/services/services?var-service=history" in mail.text
    mail = await told(watched, "ServiceDown", "history", "resolved")
    assert f"{watched.url}/runbooks/ServiceDown.md" in mail.text


async def told(watched: LaunchedPlatform, alert: str, service: str, state: str) -> Mail:
    async with asyncio.timeout(TOLD_SECONDS):
        while True:
            for mail in await asyncio.to_thread(watched.mail_to, OPERATORS):
                if all(word in mail.subject.lower() for word in (alert.lower(), service, state)):
                    return mail
            await asyncio.sleep(POLL_SECONDS)


async def expect_data(prometheus: Prometheus, asked: Sequence[PanelQuery | RuleQuery]) -> None:
    empty = await prometheus.without_data((each.expression for each in asked), SEEN_SECONDS)
    assert [each for each in asked if each.expression in empty] == []


def panels_asked() -> list[PanelQuery]:
    return [query for dashboard in dashboards() for query in panel_queries(dashboard)]
