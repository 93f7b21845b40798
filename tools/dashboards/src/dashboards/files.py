"""The dashboards as files: what they should be, and whether they are."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.node_exporter import node_exporter
from dashboards.postgresql_and_gateway import postgresql_and_gateway
from dashboards.services import services

FOLDER = Path(__file__).parents[4] / "ops/grafana/dashboards"


def dashboards() -> list[Dashboard]:
    return [services(), node_exporter(), postgresql_and_gateway()]


def contents() -> Mapping[str, str]:
    """Return what each file should contain, by its name."""
    return {f"{dashboard.uid}.json": encoded(dashboard) for dashboard in dashboards()}


def encoded(dashboard: Dashboard) -> str:
    """One order and one value a line, so that a change of a panel reads as one."""
    return (
        json.dumps(dashboard, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    )


def stale(folder: Path) -> Iterator[Path]:
    """Find what is missing, differs, or is no dashboard any more."""
    wanted = contents()
    for name, content in wanted.items():
        if not _contains(folder / name, content):
            yield folder / name
    yield from (path for path in folder.glob("*.json") if path.name not in wanted)


def write(folder: Path) -> Iterator[Path]:
    """Write what is missing or differs; tell what that was. What is no dashboard any more is left to be removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents().items():
        path = folder / name
        if not _contains(path, content):
            path.write_text(content, encoding="utf-8")
            yield path


def _contains(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content
