"""The file of Kibana's objects is valid and consistent. Kibana itself cannot run here."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from urllib.parse import unquote

import pytest

from dashboards.files import OPS, generated_files, stale_files
from tests.logging.saved_objects import (
    FILE,
    LAYER_REFERENCE,
    SEARCH_REFERENCE,
    Json,
    formats,
    layers,
    markdown,
    objects,
    panels,
    source,
)

CONTRACT = OPS.parent / "docs/logging.md"

# The oldest versions that every 9.x can migrate. Without one, or with a newer one, an import fails
# or rewrites the objects.
CORE_VERSION = "8.8.0"
TYPE_VERSIONS = {"index-pattern": "8.0.0", "search": "10.5.0", "dashboard": "10.2.0"}
KEYS = {"attributes", "coreMigrationVersion", "id", "references", "type", "typeMigrationVersion"}

COLUMNS = 48
LONGEST_TITLE = 28
LONGEST_LABEL = 18
LONGEST_NOTE = 30
LONGEST_DESCRIPTION = 120
AMERICAN = re.compile(r"(?i)\b(colors?|behavior|analyz\w+|favorites?|center|canceled|login)\b")

every_dashboard = pytest.mark.parametrize(
    "dashboard", objects("dashboard"), ids=lambda each: each["id"]
)


def test_the_file_is_up_to_date() -> None:
    assert [path.name for path in stale_files(OPS)] == [], "run make dashboards"
    assert generated_files() == generated_files()


def test_each_line_is_one_object_in_versions_that_every_kibana_9_reads() -> None:
    assert FILE.read_bytes().endswith(b"}\n")
    for each in objects():
        assert set(each) == KEYS
        assert each["coreMigrationVersion"] == CORE_VERSION
        assert each["typeMigrationVersion"] == TYPE_VERSIONS[each["type"]]


def test_ids_are_unique_and_in_the_contract() -> None:
    known = CONTRACT.read_text(encoding="utf-8")
    assert twice(each["id"] for each in objects()) == set()
    for each in objects():
        assert f"`{each['id']}`" in known


def test_each_reference_names_an_object_of_the_file() -> None:
    there = {(each["type"], each["id"]) for each in objects()}
    for each in objects():
        names = [reference["name"] for reference in each["references"]]
        assert twice(names) == set()
        for reference in each["references"]:
            assert set(reference) == {"id", "name", "type"}
            assert (reference["type"], reference["id"]) in there


@every_dashboard
def test_a_dashboard_references_exactly_what_its_panels_use(dashboard: Json) -> None:
    used = set()
    for panel in panels(dashboard):
        if panel["type"] == "lens":
            own = panel["embeddableConfig"]["attributes"]["references"]
            used |= {f"{panel['panelIndex']}:{each['name']}" for each in own}
        elif panel["type"] == "search":
            assert panel["panelRefName"] == f"panel_{panel['panelIndex']}"
            used.add(f"{panel['panelIndex']}:{panel['panelRefName']}")
        else:
            assert panel["embeddableConfig"]["savedVis"]["type"] == "markdown"
    assert {each["name"] for each in dashboard["references"]} == used


@every_dashboard
def test_panels_fill_the_grid_without_overlaps(dashboard: Json) -> None:
    places = [panel["gridData"] for panel in panels(dashboard)]
    for panel, place in zip(panels(dashboard), places, strict=True):
        assert place["i"] == panel["panelIndex"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= COLUMNS
        assert place["h"] > 0
    for one, other in combinations(places, 2):
        assert not overlap(one, other), (one, other)
    assert sum(place["w"] * place["h"] for place in places) == COLUMNS * max(
        place["y"] + place["h"] for place in places
    ), "a gap"


@every_dashboard
def test_panels_have_unique_titles_and_short_descriptions(dashboard: Json) -> None:
    assert twice(panel["title"] for panel in panels(dashboard)) == set()
    for panel in panels(dashboard):
        assert len(panel["title"]) <= LONGEST_TITLE, panel["title"]
        if panel["type"] == "lens" and not names_itself(panel):
            description = panel["embeddableConfig"]["attributes"]["description"]
            assert re.fullmatch(r"[A-Z0-9].*\.", description), description
            assert len(description) <= LONGEST_DESCRIPTION, description


@every_dashboard
def test_a_figure_shows_its_name_once_with_a_subtitle(dashboard: Json) -> None:
    figures = [panel for panel in panels(dashboard) if names_itself(panel)]
    assert figures
    for panel in figures:
        attributes = panel["embeddableConfig"]["attributes"]
        assert attributes["visualizationType"] == "lnsMetric"
        assert 0 < len(attributes["state"]["visualization"]["subtitle"]) <= LONGEST_NOTE
        [layer] = attributes["state"]["datasourceStates"]["formBased"]["layers"].values()
        assert [each["label"] for each in layer["columns"].values()] == [panel["title"]]


@every_dashboard
def test_a_dashboard_opens_on_the_last_day(dashboard: Json) -> None:
    attributes = dashboard["attributes"]
    assert attributes["timeRestore"] is True
    assert (attributes["timeFrom"], attributes["timeTo"]) == ("now-24h", "now")
    assert json.loads(attributes["optionsJSON"])["hidePanelTitles"] is False
    assert source(dashboard) == {"filter": [], "query": {"language": "kuery", "query": ""}}


def test_a_chart_has_one_reference_for_its_layer(subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            attributes = layer.attributes
            assert [each["name"] for each in attributes["references"]] == [
                LAYER_REFERENCE + layer.name
            ]
            shown = attributes["state"]["visualization"]
            for drawn in shown.get("layers", [shown]):
                assert drawn["layerId"] == layer.name
                assert drawn["layerType"] == "data"
            assert attributes["state"]["adHocDataViews"] == {}
            assert layer.panel["embeddableConfig"]["attributes"]["title"] == layer.panel["title"]


def test_columns_begin_with_groups_and_are_all_drawn(
    subtests: pytest.Subtests,
) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            order = layer.layer["columnOrder"]
            assert twice(order) == set()
            assert set(order) == set(layer.columns) == layer.accessors()
            grouped = [layer.columns[name]["isBucketed"] for name in order]
            assert grouped == sorted(grouped, reverse=True)
            assert not all(grouped)


def test_charts_over_time_group_before_they_split_by_time(
    subtests: pytest.Subtests,
) -> None:
    """Kibana nests aggregations in this order; splitting by time first would
    give each bar its own groups."""
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            grouped = [
                name for name in layer.layer["columnOrder"] if layer.columns[name]["isBucketed"]
            ]
            over_time = [
                layer.columns[name]["operationType"] == "date_histogram" for name in grouped
            ]
            assert over_time == sorted(over_time)


def test_groups_are_ordered_by_a_figure_of_the_same_chart(subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            for column in layer.columns.values():
                if column["operationType"] == "terms":
                    by = column["params"]["orderBy"]
                    assert by["type"] == "column"
                    assert layer.columns[by["columnId"]]["isBucketed"] is False


def test_labels_are_custom_and_short(subtests: pytest.Subtests) -> None:
    for layer in layers():
        with subtests.test(layer.panel["panelIndex"]):
            for column in layer.columns.values():
                assert column["customLabel"] is True
                assert 0 < len(column["label"]) <= LONGEST_LABEL, column["label"]


def test_a_search_has_one_data_view_and_a_description() -> None:
    for search in objects("search"):
        assert [each["name"] for each in search["references"]] == [SEARCH_REFERENCE]
        assert source(search)["indexRefName"] == SEARCH_REFERENCE
        assert search["attributes"]["description"].endswith(".")
        assert search["attributes"]["timeRestore"] is True


def test_a_search_by_id_is_ordered_by_time_and_has_a_placeholder() -> None:
    for search in objects("search"):
        attributes = search["attributes"]
        if search["id"] == "transcendence-errors":
            assert attributes["sort"] == [["@timestamp", "desc"]]
            continue
        assert attributes["sort"] == [["@timestamp", "asc"], ["event.sequence", "asc"]]
        assert "paste-the-id-here" in source(search)["query"]["query"]
        assert "paste-the-id-here" in attributes["description"]


@pytest.mark.parametrize(
    ("field", "search", "id_"),
    [
        ("http.request.id", "transcendence-request", "0f" * 16),
        ("labels.match_id", "transcendence-match", "0198c0de-0000-7000-8000-000000000001"),
        ("user.id", "transcendence-player", "0198c0de-0000-7000-8000-000000000002"),
        ("user.target.id", "transcendence-player", "0198c0de-0000-7000-8000-000000000003"),
    ],
)
def test_the_link_of_an_id_opens_the_same_search_as_pasting_it(
    field: str, search: str, id_: str
) -> None:
    [question] = [
        source(each)["query"]["query"] for each in objects("search") if each["id"] == search
    ]
    for view in objects("index-pattern"):
        link = formats(view)[field]
        assert link["id"] == "url"
        address = link["params"]["urlTemplate"].replace("{{value}}", id_)
        assert "{" not in address
        where, _, state = address.partition("?_a=")
        assert where == f"/kibana/app/discover#/view/{search}"
        asked = re.fullmatch(r"\(query:\(language:kuery,query:'([^'!]*)'\)\)", state)
        assert asked is not None
        assert unquote(asked[1]) == question.replace("paste-the-id-here", id_)


def test_markdown_is_plain_and_links_only_to_objects_and_runbooks() -> None:
    paths = {"dashboard": "dashboards#/view/", "search": "discover#/view/"}
    there = {
        f"/kibana/app/{paths[each['type']]}{each['id']}"
        for each in objects()
        if each["type"] in paths
    }
    there |= {
        f"/kibana/app/discover#/?_a=(dataSource:(dataViewId:{each['id']},type:dataView))"
        for each in objects("index-pattern")
    }
    for dashboard in objects("dashboard"):
        [text] = [markdown(each) for each in panels(dashboard) if each["type"] == "visualization"]
        assert not re.search(r"[<>]|javascript:|https?:", text)
        named = re.findall(r"\[[^\]]+\]\((\S+?)\)(?=\s|$)", text)
        assert len(named) == text.count("](")
        assert "/runbooks/" in named
        assert set(named) <= there | {"/runbooks/"}


def test_each_dashboard_links_to_all_other_dashboards_and_searches() -> None:
    everything = {each["id"] for each in objects() if each["type"] in {"dashboard", "search"}}
    for dashboard in objects("dashboard"):
        text = " ".join(
            markdown(each) for each in panels(dashboard) if each["type"] == "visualization"
        )
        assert {each for each in everything if f"/{each})" in text} == everything - {
            dashboard["id"]
        }


def test_each_data_view_is_used() -> None:
    text = FILE.read_text(encoding="utf-8")
    named = {reference["id"] for each in objects() for reference in each["references"]}
    named |= set(re.findall(r"dataViewId:([\w-]+)", text))
    assert {each["id"] for each in objects("index-pattern")} <= named


def test_the_text_is_in_british_english() -> None:
    for each in objects():
        attributes = each["attributes"]
        texts = [attributes["title"], attributes.get("description", "")]
        if each["type"] == "dashboard":
            texts += [panel["title"] for panel in panels(each)]
            texts += [markdown(panel) for panel in panels(each) if panel["type"] == "visualization"]
        for text in texts:
            assert not AMERICAN.search(text), text


def names_itself(panel: Json) -> bool:
    return panel["type"] == "lens" and "hidePanelTitles" in panel["embeddableConfig"]


def twice(values: Iterable[str]) -> set[str]:
    return {value for value, times in Counter(values).items() if times > 1}


def overlap(one: Json, other: Json) -> bool:
    return bool(
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )
