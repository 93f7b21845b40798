"""Settings in the pipelines' files that Logstash checks at its start, and that
have to match other files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.logging.compose_file import secrets_of
from tests.logging.logstash.conditions import ConditionNotUnderstood
from tests.logging.logstash.event import Event
from tests.logging.logstash.expressions import ExpressionNotUnderstood
from tests.logging.logstash.filters import FILTERS, NotInterpreted
from tests.logging.logstash.grammar import (
    KINDS,
    Kind,
    Plugin,
    Sections,
    conditions,
    parsed,
    plugins,
)
from tests.logging.logstash.pipeline import FOLDER, LOGS, REFUSED, is_followed
from tests.logging.logstash.plugins import SETTINGS

ROOT = FOLDER.parents[3]
PIPELINES = {"logs": LOGS, "refused": REFUSED}
DATA = Path("/usr/share/logstash/data")
# Logstash replaces these in comments, too, and does not start if one is undefined.
VARIABLE = re.compile(r"\$\{([^}]*)\}")


def unknown_settings(pipeline: Sections) -> set[str]:
    """Return the plugins and settings that are not in the list."""
    found = set()
    for kind in KINDS:
        for plugin in plugins(pipeline[kind]):
            known = SETTINGS["codec" if plugin.name == "plain" else kind].get(plugin.name)
            if known is None:
                found.add(plugin.name)
            else:
                found |= {f"{plugin.name}.{name}" for name in plugin.settings.keys() - known}
    return found


def only(pipeline: Sections, kind: Kind, name: str) -> Plugin:
    (plugin,) = [each for each in plugins(pipeline[kind]) if each.name == name]
    return plugin


def compose() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][
        "logstash"
    ]
    return service


@pytest.mark.parametrize("name", PIPELINES)
def test_plugins_and_settings_are_those_of_the_bundled_versions(name: str) -> None:
    assert unknown_settings(PIPELINES[name]) == set()


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        ("ssl_certificate_authorities =>", "cacert =>", "elasticsearch.cacert"),
        ("ssl_enabled =>", "ssl =>", "elasticsearch.ssl"),
        ("data_stream_type =>", "index =>", "elasticsearch.index"),
        ("sincedb_path =>", "sincedb =>", "file.sincedb"),
        ("length_bytes =>", "length =>", "truncate.length"),
        ("useragent {", "geoip {", "geoip"),
    ],
)
def test_a_setting_that_this_version_lacks_is_found(right: str, wrong: str, found: str) -> None:
    text = (FOLDER / "logs.conf").read_text()
    assert right in text
    assert unknown_settings(parsed(text.replace(right, wrong))) == {found}


@pytest.mark.parametrize("name", PIPELINES)
def test_every_variable_is_a_secret_of_the_container(name: str) -> None:
    used = set(VARIABLE.findall((FOLDER / f"{name}.conf").read_text()))
    entrypoint = compose()["entrypoint"]
    given = {each.upper() for each in entrypoint[2 : entrypoint.index("--")]}
    assert used == {"LOGSTASH_WRITER_PASSWORD"} <= given


def test_both_pipelines_have_the_same_output() -> None:
    assert LOGS["output"] == REFUSED["output"]


def test_elasticsearchs_certificate_is_checked_with_the_mounted_authority() -> None:
    settings = only(LOGS, "output", "elasticsearch").settings
    assert settings["ssl_verification_mode"] == "full"
    authorities = settings["ssl_certificate_authorities"]
    assert isinstance(authorities, list)
    given = secrets_of("logstash").keys()
    assert len(authorities) == 1
    assert set(authorities) <= given


def test_the_second_pipeline_reads_refusals_of_the_first_only() -> None:
    general = yaml.safe_load((FOLDER.parent / "logstash.yml").read_text())
    own = {
        each["pipeline.id"]: each
        for each in yaml.safe_load((FOLDER.parent / "pipelines.yml").read_text())
    }
    assert own.keys() == PIPELINES.keys()
    queue = {name: {**general, **each}["dead_letter_queue.enable"] for name, each in own.items()}
    assert queue == {"logs": True, "refused": False}
    settings = only(REFUSED, "input", "dead_letter_queue").settings
    assert settings["pipeline_id"] == "logs"
    assert settings["path"] == str(DATA / "dead_letter_queue")
    assert general.get("path.data", str(DATA)) == str(DATA)


def test_the_read_positions_are_stored_on_the_volume() -> None:
    mounted = {each["target"] for each in compose()["volumes"]}
    places = {
        str(plugin.settings["sincedb_path"])
        for pipeline in PIPELINES.values()
        for plugin in plugins(pipeline["input"])
        if "sincedb_path" in plugin.settings
    }
    assert len(places) == 2
    assert {str(Path(place).parent) for place in places} == {str(DATA)} <= mounted


def test_the_files_of_every_mounted_volume_are_followed() -> None:
    folders = {
        each["target"] for each in compose()["volumes"] if each["target"].startswith("/logs/")
    }
    assert folders == {
        f"/logs/{writer}" for writer in ("gateway", "auth", "history", "tournament", "ui")
    }
    assert all(is_followed(f"{folder}/x.json") for folder in folders)


@pytest.mark.parametrize(
    ("name", "followed"),
    [
        ("auth.json", True),
        ("auth-2.json", True),
        ("auth.json.1", True),
        ("auth-2.json.7", True),
        ("auth.lock", False),
        ("auth-2.lock", False),
        ("old/auth.json", False),
    ],
)
def test_renamed_files_are_followed_and_locks_are_not(name: str, followed: bool) -> None:
    assert is_followed(f"/logs/auth/{name}") is followed


@pytest.mark.parametrize(
    "condition",
    ["[a] == [b]", "[a] > 1", "[a] or [b] and [c]", '[a] == "x" xor [b]'],
)
def test_an_unknown_form_of_condition_fails_these_tests(condition: str) -> None:
    with pytest.raises(ConditionNotUnderstood):
        conditions(parsed(f"filter {{ if {condition} {{ drop {{ }} }} }}")["filter"])


@pytest.mark.parametrize(
    "text",
    [
        'mutate { update => { "a" => "b" } }',
        "ruby { code => 'event.cancel' }",
        'json { source => "a" tag_on_failure => ["x"] }',
    ],
)
def test_an_unknown_filter_fails_these_tests(text: str) -> None:
    (plugin,) = plugins(parsed(f"filter {{ {text} }}")["filter"])
    with pytest.raises(NotInterpreted):
        FILTERS[plugin.name](Event({"a": "x"}), plugin.settings)


def test_an_expression_with_another_meaning_in_ruby_fails_these_tests() -> None:
    with pytest.raises(ExpressionNotUnderstood):
        parsed("filter { if [a] =~ /x[[]/ { drop { } } }")
