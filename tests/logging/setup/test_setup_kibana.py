"""ops/elk/setup/setup.sh, against a server that answers like Kibana."""

import json

import pytest

from tests.logging.setup.elastic_stand_in import KIBANA, Answer, kibana_error
from tests.logging.setup.run import Setup

pytestmark = pytest.mark.thorough

FIRST_VIEW = "transcendence-all"


def test_kibana_gets_its_objects_and_a_default_view(setup: Setup) -> None:
    assert setup.succeed("kibana") == [
        f"GET {KIBANA}/api/status",
        f"POST {KIBANA}/api/saved_objects/_import?overwrite=true",
        f"POST {KIBANA}/api/data_views/default",
    ]
    assert ("index-pattern", FIRST_VIEW) in setup.server.objects
    assert setup.server.default_view == FIRST_VIEW


def test_a_second_run_keeps_the_chosen_default_view(setup: Setup) -> None:
    setup.succeed("kibana")
    setup.server.default_view = "another"
    setup.succeed("kibana")
    assert setup.server.default_view == "another"


def test_kibana_setup_needs_only_one_password(setup: Setup) -> None:
    setup.succeed("kibana", KIBANA_SYSTEM_PASSWORD="", OPERATOR_PASSWORD="")


def test_the_script_waits_for_kibana(setup: Setup) -> None:
    starting = Answer(503, "Kibana server is not ready yet")
    setup.server.plan("/api/status", starting, times=3)
    setup.server.plan("_import", starting, times=1)
    setup.succeed("kibana")


def test_the_script_gives_up_a_kibana_that_does_not_start(setup: Setup) -> None:
    setup.server.plan("/api/status", Answer(503, "Kibana server is not ready yet"))
    message = setup.message("kibana", SETUP_WAIT_SECONDS="1")
    assert "is not ready after 1 s: Kibana server is not ready yet" in message


def test_a_missing_status_page_ends_the_script_at_once(setup: Setup) -> None:
    setup.server.plan("/api/status", kibana_error(404, "Not Found", "Not Found"))
    assert "GET /api/status: HTTP 404: Not Found" in setup.message("kibana")


def test_partly_refused_objects_end_the_script(setup: Setup) -> None:
    references = [{"name": "view", "type": "index-pattern", "id": "not-there"}]
    lost = {"type": "search", "id": "lost", "attributes": {}, "references": references}
    setup.edit("objects.ndjson", lambda text: text + json.dumps(lost) + "\n")
    message = setup.message("kibana")
    assert "POST /api/saved_objects/_import" in message
    assert "missing_references" in message
    assert "not-there" in message


def test_refused_objects_end_the_script(setup: Setup) -> None:
    setup.server.plan("_import", kibana_error(400, "Bad Request", "Non-unique import objects"))
    assert "HTTP 400: Non-unique import objects" in setup.message("kibana")
