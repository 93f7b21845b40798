"""A client of a running Prometheus."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

POLL_SECONDS = 1.0

Series = list[dict[str, Any]]


class Prometheus:
    """A client of the HTTP API at an address."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=f"{url}/api/v1/", trust_env=False, timeout=20)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def query(self, expression: str) -> Series:
        """Evaluate an expression now; a number counts as one series.

        Raises:
            AssertionError: Prometheus rejects the expression.
        """
        answer = await self._client.post("query", data={"query": expression})
        assert answer.is_success, f"{expression}\n{answer.text}"
        data = answer.json()["data"]
        return data["result"] if data["resultType"] == "vector" else [data]

    async def metrics(self) -> set[str]:
        """Return the names of all metrics that have ever been scraped or recorded."""
        answer = await self._client.get("label/__name__/values")
        return set(answer.json()["data"])

    async def targets(self) -> dict[str, str]:
        """Return the health of each target, by job and service."""
        answer = await self._client.get("targets", params={"state": "active"})
        found = answer.json()["data"]["activeTargets"]
        return {f"{it['labels']['job']} {it['labels']['service']}": it["health"] for it in found}

    async def alerts(self, **labels: str) -> set[str]:
        """Return the names of the firing alerts with these labels."""
        found = (await self._client.get("alerts")).json()["data"]["alerts"]
        return {
            alert["labels"]["alertname"]
            for alert in found
            if alert["state"] == "firing" and labels.items() <= alert["labels"].items()
        }

    async def without_data(self, expressions: Iterable[str], limit_seconds: float) -> list[str]:
        """Evaluate these repeatedly until all yield data or the time
        is up; return those without."""
        left = list(dict.fromkeys(expressions))
        deadline = asyncio.get_running_loop().time() + limit_seconds
        while left:
            left = [each for each in left if not await self.query(each)]
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(POLL_SECONDS if left else 0)
        return left


async def until_up(prometheus: Prometheus, limit_seconds: float) -> Mapping[str, str]:
    """Wait until every target is up, and return their states at the end."""
    deadline = asyncio.get_running_loop().time() + limit_seconds
    while True:
        targets = await prometheus.targets()
        if set(targets.values()) == {"up"} or asyncio.get_running_loop().time() > deadline:
            return targets
        await asyncio.sleep(POLL_SECONDS)
