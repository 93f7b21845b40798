"""Writes and checks the dashboards' files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dashboards.grafana.dashboards import dashboards, encoded
from dashboards.kibana.objects import objects
from dashboards.kibana.saved_objects import lines

OPS = Path(__file__).parents[4] / "ops"

GRAFANA = "grafana/dashboards"
KIBANA = "elk/kibana"


def contents() -> Mapping[str, str]:
    """Return what each file should contain, by its path."""
    return {
        **{f"{GRAFANA}/{each.uid}.json": encoded(each) for each in dashboards()},
        f"{KIBANA}/objects.ndjson": lines(objects()),
    }


def stale(ops: Path) -> Iterator[Path]:
    """Find files that are missing, different, or no longer generated."""
    wanted = contents()
    for name, content in wanted.items():
        if not _contains(ops / name, content):
            yield ops / name
    there = [*(ops / GRAFANA).glob("*.json"), *(ops / KIBANA).glob("*.ndjson")]
    yield from (path for path in there if path.relative_to(ops).as_posix() not in wanted)


def write(ops: Path) -> Iterator[Path]:
    """Write files that are missing or different, and yield their paths. Files that are no longer generated are not
    removed."""
    for name, content in contents().items():
        path = ops / name
        if not _contains(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            yield path


def _contains(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content
