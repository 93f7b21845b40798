"""The lateness of a process's ticks, read from its metrics."""

from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.fixtures.patience import PATIENCE_SECONDS

BUCKETS = "tournament_live_tick_lateness_seconds_bucket"


@dataclass(frozen=True)
class Lateness:
    """Counts of ticks by the upper bounds of their lateness in seconds."""

    within: dict[float, float]

    def __sub__(self, before: "Lateness") -> "Lateness":
        return Lateness({most: count - before.within[most] for most, count in self.within.items()})

    def __str__(self) -> str:
        return "  ".join(
            f"{most * 1000:g} ms {self.share_within(most):.1%}"
            for most in self.within
            if most < float("inf")
        )

    def share_within(self, seconds: float) -> float:
        """Return the share of ticks that were certainly no later than this."""
        fits = [most for most in self.within if most <= seconds]
        return self.within[max(fits)] / self.within[float("inf")]


async def lateness_at(url: str) -> Lateness:
    """Read the metrics of a process."""
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        answer = await client.get(f"{url}/metrics")
    families = text_string_to_metric_families(answer.raise_for_status().text)
    return Lateness(
        {
            float(sample.labels["le"]): sample.value
            for family in families
            for sample in family.samples
            if sample.name == BUCKETS
        }
    )
