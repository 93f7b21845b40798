"""Writes and checks the dashboards' files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dashboards.grafana.dashboards import all_dashboards, encode_dashboard
from dashboards.kibana.objects import all_saved_objects
from dashboards.kibana.saved_objects import ndjson_of

OPS = Path(__file__).parents[4] / "ops"

GRAFANA = "grafana/dashboards"
KIBANA = "elk/kibana"


def generated_files() -> Mapping[str, str]:
    """Return what each file should contain, by its path."""
    return {
        **{f"{GRAFANA}/{each.uid}.json": encode_dashboard(each) for each in all_dashboards()},
        f"{KIBANA}/objects.ndjson": ndjson_of(all_saved_objects()),
    }


def stale_files(ops: Path) -> Iterator[Path]:
    """Yield the files that are missing, differ from what is generated now, or are no longer generated."""
    wanted = generated_files()
    for name, content in wanted.items():
        if not _has_content(ops / name, content):
            yield ops / name
    there = [*(ops / GRAFANA).glob("*.json"), *(ops / KIBANA).glob("*.ndjson")]
    yield from (path for path in there if path.relative_to(ops).as_posix() not in wanted)


def write_files(ops: Path) -> Iterator[Path]:
    """Write files that are missing or different, and yield their paths. Files that are no longer generated are not
    removed."""
    for name, content in generated_files().items():
        path = ops / name
        if not _has_content(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            yield path


def _has_content(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content
