"""Grafana's files are valid and consistent. Grafana itself cannot run here."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.files import stale_files
from tests.monitoring.queries import DASHBOARDS, OPS, Json, dashboards, panels

CONTRACT = OPS.parent / "docs/monitoring.md"
IN_CONTAINERS = "/etc/grafana/dashboards"

COLUMNS = 24
LONGEST_UID = 40
LONGEST_DESCRIPTION = 120
KINDS = {"timeseries", "stat", "bargauge"}

every_dashboard = pytest.mark.parametrize(
    "dashboard", dashboards(), ids=[path.stem for path in DASHBOARDS]
)


def test_the_files_are_up_to_date() -> None:
    assert [path.name for path in stale_files(OPS)] == [], "run make dashboards"


def test_each_file_is_named_after_its_uid_and_in_the_contract() -> None:
    known = CONTRACT.read_text(encoding="utf-8")
    for path, dashboard in zip(DASHBOARDS, dashboards(), strict=True):
        assert dashboard["uid"] == path.stem
        assert len(path.stem) <= LONGEST_UID
        assert f"`{path.stem}`" in known


@every_dashboard
def test_grafanas_own_library_reads_the_file_without_loss(dashboard: Json) -> None:
    register_default_plugins()
    read = Dashboard.from_json(dashboard)
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == dashboard


@every_dashboard
def test_a_dashboard_is_read_only_and_opens_on_the_last_hour(dashboard: Json) -> None:
    assert dashboard["editable"] is False
    assert dashboard["timezone"] == "utc"
    assert dashboard["refresh"] == "30s"
    assert dashboard["time"] == {"from": "now-1h", "to": "now"}
    assert "id" not in dashboard


@every_dashboard
def test_panels_have_unique_numbers_titles_and_places(dashboard: Json) -> None:
    drawn = dashboard["panels"]
    assert twice(panel["id"] for panel in drawn) == set()
    assert twice(panel["title"] for panel in drawn) == set()
    places = [panel["gridPos"] for panel in drawn]
    for place in places:
        assert 0 <= place["x"] < place["x"] + place["w"] <= COLUMNS
    for one, other in combinations(places, 2):
        assert not overlap(one, other), (one, other)


@every_dashboard
def test_every_panel_has_a_one_sentence_description_and_a_unit(dashboard: Json) -> None:
    known = {value for name, value in vars(units).items() if name[0].isupper()}
    for panel in panels(dashboard):
        description = panel["description"]
        assert panel["type"] in KINDS
        assert re.fullmatch(r"[A-Z0-9][^.!?]*(\.\d[^.!?]*)*\.", description), description
        assert len(description) <= LONGEST_DESCRIPTION, description
        assert panel["fieldConfig"]["defaults"]["unit"] in known
        assert panel["targets"]


@every_dashboard
def test_every_query_has_its_own_letter_and_legend(dashboard: Json) -> None:
    for panel in panels(dashboard):
        assert twice(target["refId"] for target in panel["targets"]) == set()
        assert twice(target["legendFormat"] for target in panel["targets"]) == set()
        assert all(target["legendFormat"] for target in panel["targets"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        # tournament has two pools: the small one may be exhausted while the large one is not.
        ("database_pool_", {"pool"}),
        ("auth_sign_ins_total", {"way", "result"}),
    ],
)
def test_legends_distinguish_what_an_operator_has_to_distinguish(
    asked: str, told: set[str]
) -> None:
    targets = [
        target
        for dashboard in dashboards()
        for panel in panels(dashboard)
        for target in panel["targets"]
        if asked in target["expr"]
    ]
    assert targets
    for target in targets:
        assert told <= set(re.findall(r"{{(\w+)}}", target["legendFormat"])), target


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("CPU busy", 'mode=~"idle|iowait"'),
        ("Error budget left", 'upstream!="operators"'),
        ("Up", 'up{job="postgres"'),
    ],
)
def test_a_figure_uses_the_same_series_as_its_alert(title: str, part: str) -> None:
    drawn = [
        target["expr"]
        for dashboard in dashboards()
        for panel in panels(dashboard)
        if panel["title"] == title
        for target in panel["targets"]
    ]
    assert drawn
    assert all(part in expression for expression in drawn), drawn


@every_dashboard
def test_every_data_source_is_provisioned(dashboard: Json) -> None:
    used = set(sources_in(dashboard))
    provisioned = {
        (source["type"], source["uid"]) for source in provisioning("datasources")["datasources"]
    }
    assert used == provisioned


@every_dashboard
def test_a_dashboard_links_to_the_other_dashboards_and_to_the_runbooks(dashboard: Json) -> None:
    to_dashboards, to_runbooks = dashboard["links"]
    assert (to_dashboards["type"], to_dashboards["tags"]) == ("dashboards", dashboard["tags"])
    assert to_runbooks["url"].endswith("../runbooks/")
    assert to_runbooks["targetBlank"] is True


def test_grafana_loads_read_only_dashboards_from_the_containers_path() -> None:
    (provider,) = provisioning("dashboards")["providers"]
    assert provider["options"]["path"] == IN_CONTAINERS
    assert provider["allowUiUpdates"] is False


def test_grafana_takes_prometheus_address_from_the_environment() -> None:
    (source,) = provisioning("datasources")["datasources"]
    assert source["url"] == "$PROMETHEUS_URL"
    assert source["editable"] is False
    scraped = yaml.safe_load((OPS / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert source["jsonData"]["timeInterval"] == scraped["global"]["scrape_interval"]


def twice(things: Iterable[str | int]) -> set[str | int]:
    return {thing for thing, times in Counter(things).items() if times > 1}


def overlap(one: Json, other: Json) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not beside and not above


def sources_in(part: object) -> Iterator[tuple[str, str]]:
    """Yield every named data source, from panels, queries and variables."""
    if isinstance(part, dict):
        if "datasource" in part:
            yield part["datasource"]["type"], part["datasource"]["uid"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from sources_in(each)


def provisioning(name: str) -> Json:
    (file,) = (OPS / "grafana/provisioning" / name).glob("*.yaml")
    loaded: Json = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
