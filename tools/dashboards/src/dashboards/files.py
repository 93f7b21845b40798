"""The dashboards as files: what they should be, and whether they are."""

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
    """Find what is missing, differs, or is no dashboard any more."""
    wanted = contents()
    for name, content in wanted.items():
        if not _contains(ops / name, content):
            yield ops / name
    there = [*(ops / GRAFANA).glob("*.json"), *(ops / KIBANA).glob("*.ndjson")]
    yield from (path for path in there if path.relative_to(ops).as_posix() not in wanted)


def write(ops: Path) -> Iterator[Path]:
    """Write what is missing or differs; tell what that was. What is no dashboard any more is left to be removed."""
    for name, content in contents().items():
        path = ops / name
        if not _contains(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            yield path


def _contains(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content
