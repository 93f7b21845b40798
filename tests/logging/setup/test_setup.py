"""ops/elk/setup/setup.sh, against a server that answers like Elasticsearch."""

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


def test_everything_is_created_before_it_is_referenced(setup: Setup) -> None:
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


def test_the_created_objects_are_those_of_the_contract(setup: Setup) -> None:
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


def test_chosen_settings_are_applied(setup: Setup) -> None:
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


def test_a_second_run_sends_the_same_and_changes_nothing(setup: Setup) -> None:
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


def test_two_parallel_runs_succeed(setup: Setup) -> None:
    with ThreadPoolExecutor() as threads:
        both = [each.result() for each in [threads.submit(setup.run) for _ in range(2)]]
    assert [(ended.status, ended.message) for ended in both] == [(0, ""), (0, "")]
    assert set(setup.server.templates) == set(STREAMS)


def test_a_changed_mapping_rolls_each_stream_over_once(setup: Setup) -> None:
    setup.succeed()
    setup.server.streams |= dict.fromkeys(STREAMS, 1)
    setup.edit(
        "mappings/transcendence-app@mappings.json", lambda text: text.replace("1024", "2048", 1)
    )
    setup.succeed()
    assert setup.server.streams == dict.fromkeys(STREAMS, 2)
    setup.succeed()
    assert setup.server.streams == dict.fromkeys(STREAMS, 2)


def test_more_replicas_roll_over_and_another_lifecycle_does_not(setup: Setup) -> None:
    setup.succeed()
    setup.server.streams |= dict.fromkeys(STREAMS, 1)
    setup.succeed(LOG_RETENTION="7d")
    assert setup.server.streams == dict.fromkeys(STREAMS, 1)
    setup.succeed(LOG_RETENTION="7d", LOG_REPLICAS="1")
    assert setup.server.streams == dict.fromkeys(STREAMS, 2)


def test_a_stream_without_lines_is_not_rolled_over(setup: Setup) -> None:
    setup.succeed()
    setup.server.streams[STREAMS[0]] = 1
    asked = setup.succeed(LOG_REPLICAS="1")
    assert [line for line in asked if "_rollover" in line] == [f"POST /{STREAMS[0]}/_rollover"]


def test_a_proxy_in_the_environment_is_not_used(setup: Setup) -> None:
    no_server = "http://127.0.0.1:1"
    setup.succeed(HTTPS_PROXY=no_server, https_proxy=no_server, ALL_PROXY=no_server)


def test_no_command_line_holds_a_password(setup: Setup, tmp_path: Path) -> None:
    """All processes of the machine can read command lines."""
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


def test_shellcheck_accepts_the_script() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    ended = subprocess.run(
        [shellcheck, ELK / "setup" / "setup.sh"], capture_output=True, text=True, check=False
    )
    assert ended.stdout == ""
