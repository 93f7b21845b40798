"""Operators get a mail when a container stops, and another when it is back."""

import asyncio

import httpx
import pytest

from tests.compose.monitoring.running import Monitoring
from tests.fixtures.mail import Mail
from tests.platform.players import gateway_client, register, signed_in

OPERATORS = "operators@localhost"
# The rule's minute, the waiting times of Prometheus and Alertmanager, and a
# margin for a slow machine.
TOLD_SECONDS = 300
POLL_SECONDS = 2


async def test_operators_get_a_mail_when_a_service_stops_and_when_it_returns(
    watched: Monitoring,
) -> None:
    platform = watched.platform
    try:
        await asyncio.to_thread(platform.compose, "stop", "history")
        mail = await mail_with(watched, "Firing", "ServiceDown", "(history)")
        assert f"{platform.url}/runbooks/ServiceDown.md" in mail.text
        assert f"{platform.url}/grafana/d/services" in mail.text
        subjects = {mail.subject for mail in platform.mail_to(OPERATORS)}
        assert not any("(auth)" in subject for subject in subjects), subjects
    finally:
        await asyncio.to_thread(platform.compose, "start", "history")
        await asyncio.to_thread(platform.wait_healthy)
    await mail_with(watched, "Resolved", "ServiceDown", "(history)")


async def mail_with(watched: Monitoring, *words: str) -> Mail:
    async with asyncio.timeout(TOLD_SECONDS):
        while True:
            for mail in await asyncio.to_thread(watched.platform.mail_to, OPERATORS):
                if all(word in mail.subject for word in words):
                    return mail
            await asyncio.sleep(POLL_SECONDS)


ANSWERS = {
    "prometheus": "/prometheus/api/v1/query?query=up",
    "alertmanager": "/alertmanager/api/v2/status",
}


@pytest.mark.parametrize("path", ANSWERS.values())
async def test_only_administrators_can_read_prometheus_and_alertmanager(
    watched: Monitoring, path: str
) -> None:
    async with gateway_client(watched.platform) as client:
        player = await register(client)
        assert (await client.get(path)).status_code == httpx.codes.UNAUTHORIZED
        assert (await client.get(path, headers=player.headers)).status_code == httpx.codes.FORBIDDEN
        await asyncio.to_thread(watched.platform.set_admin, player.username)
        operator = await signed_in(client, player.username)
        answer = await client.get(path, headers=operator.headers)
        assert answer.status_code == httpx.codes.OK, answer.text


async def test_a_missing_grafana_is_reported_as_unavailable(watched: Monitoring) -> None:
    if not watched.missing:
        pytest.skip("Grafana runs")
    async with gateway_client(watched.platform) as client:
        player = await register(client)
        await asyncio.to_thread(watched.platform.set_admin, player.username)
        operator = await signed_in(client, player.username)
        answer = await client.get("/grafana/", headers=operator.headers)
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
