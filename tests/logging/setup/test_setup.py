"""ops/elk/setup/setup.sh, against a server that answers as Elasticsearch does."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.logging.mappings import STREAMS
from tests.logging.setup.run import ELK, NASTY, PASSWORDS, Setup

pytestmark = pytest.mark.thorough


def test_everything_is_there_before_what_names_it(setup: Setup) -> None:
    asked = setup.succeed()
    kinds = [re.sub(r"/[^/]*$", "", line) for line in asked if "PUT" in line or "POST" in line]
    assert list(dict.fromkeys(kinds)) == [
        "POST /_security/user/kibana_system",
        "PUT /_ilm/policy",
        "PUT /_component_template",
        "PUT /_index_template",
        "PUT /_security/role",
        "PUT /_security/user",
    ]


def test_what_was_prepared_is_what_the_contract_names(setup: Setup) -> None:
    setup.succeed()
    server = setup.server
    assert set(server.lifecycles) == {"transcendence-logs"}
    assert set(server.templates) == set(STREAMS)
    assert set(server.roles) == {"logstash_writer", "log_reader"}
    assert {name: user["roles"] for name, user in server.users.items()} == {
        "logstash_writer": ["logstash_writer"],
        "operator": ["log_reader"],
    }
    assert server.passwords == {
        "elastic": NASTY,
        **{
            name: PASSWORDS[f"{name.upper()}_PASSWORD"]
            for name in ("kibana_system", "logstash_writer", "operator")
        },
    }


def test_settings_are_filled_in(setup: Setup) -> None:
    setup.succeed(
        LOG_RETENTION="90d", LOG_ROLLOVER_AGE="12h", LOG_ROLLOVER_SIZE="500mb", LOG_REPLICAS="1"
    )
    phases = setup.server.lifecycles["transcendence-logs"]["policy"]["phases"]
    assert phases["hot"]["actions"]["rollover"] == {
        "max_age": "12h",
        "max_primary_shard_size": "500mb",
    }
    assert phases["delete"]["min_age"] == "90d"
    template = setup.server.components["transcendence-base@settings"]["template"]
    assert template["settings"]["index"]["number_of_replicas"] == "1"
    assert not [each.body for each in setup.server.received if "${" in each.body]


@pytest.mark.parametrize("chosen", [{}, dict.fromkeys(["LOG_RETENTION", "LOG_REPLICAS"], "")])
def test_settings_that_are_not_chosen_have_their_defaults(
    setup: Setup, chosen: dict[str, str]
) -> None:
    setup.succeed(**chosen)
    phases = setup.server.lifecycles["transcendence-logs"]["policy"]["phases"]
    assert phases["hot"]["actions"]["rollover"] == {
        "max_age": "1d",
        "max_primary_shard_size": "5gb",
    }
    assert phases["delete"]["min_age"] == "30d"
    template = setup.server.components["transcendence-base@settings"]["template"]
    assert template["settings"]["index"]["number_of_replicas"] == "0"


def test_a_second_time_asks_the_same_and_changes_nothing(setup: Setup) -> None:
    first = setup.succeed()
    setup.server.streams |= dict.fromkeys(STREAMS, 1)
    bodies = [each.body for each in setup.server.received]
    second = setup.succeed()
    asked = [line for line in first if not line.startswith("GET /_data_stream/")]
    assert second == asked
    assert [each.body for each in setup.server.received[len(first) :] if each.body] == [
        body for body in bodies if body
    ]
    assert setup.server.streams == dict.fromkeys(STREAMS, 1)


def test_two_at_once_prepare_the_same(setup: Setup) -> None:
    with ThreadPoolExecutor() as threads:
        both = [each.result() for each in [threads.submit(setup.run) for _ in range(2)]]
    assert [(ended.status, ended.message) for ended in both] == [(0, ""), (0, "")]
    assert set(setup.server.templates) == set(STREAMS)


def test_a_changed_mapping_begins_a_new_index_of_each_stream_once(setup: Setup) -> None:
    setup.succeed()
    setup.server.streams |= dict.fromkeys(STREAMS, 1)
    setup.edit(
        "mappings/transcendence-app@mappings.json", lambda text: text.replace("1024", "2048", 1)
    )
    setup.succeed()
    assert setup.server.streams == dict.fromkeys(STREAMS, 2)
    setup.succeed()
    assert setup.server.streams == dict.fromkeys(STREAMS, 2)


def test_more_replicas_begin_a_new_index_and_another_lifecycle_does_not(setup: Setup) -> None:
    setup.succeed()
    setup.server.streams |= dict.fromkeys(STREAMS, 1)
    setup.succeed(LOG_RETENTION="7d")
    assert setup.server.streams == dict.fromkeys(STREAMS, 1)
    setup.succeed(LOG_RETENTION="7d", LOG_REPLICAS="1")
    assert setup.server.streams == dict.fromkeys(STREAMS, 2)


def test_a_stream_without_a_line_yet_is_not_rolled_over(setup: Setup) -> None:
    setup.succeed()
    setup.server.streams[STREAMS[0]] = 1
    asked = setup.succeed(LOG_REPLICAS="1")
    assert [line for line in asked if "_rollover" in line] == [f"POST /{STREAMS[0]}/_rollover"]


def test_a_proxy_of_the_machine_is_not_asked(setup: Setup) -> None:
    nobody = "http://127.0.0.1:1"
    setup.succeed(HTTPS_PROXY=nobody, https_proxy=nobody, ALL_PROXY=nobody)


def test_no_command_line_holds_a_password(setup: Setup, tmp_path: Path) -> None:
    """Every process of the machine may read them."""
    seen = tmp_path / "seen"
    wrapper = tmp_path / "bin" / "curl"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{seen}"\nexec {shutil.which("curl")} "$@"\n'
    )
    wrapper.chmod(0o755)
    setup.succeed(PATH=f"{wrapper.parent}:{os.environ['PATH']}")
    assert "/_security/user/operator" in seen.read_text()
    assert not [each for each in PASSWORDS.values() if each in seen.read_text()]


def test_it_is_as_shellcheck_likes_it() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    ended = subprocess.run(
        [shellcheck, ELK / "setup" / "setup.sh"], capture_output=True, text=True, check=False
    )
    assert ended.stdout == ""
