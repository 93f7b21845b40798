"""Invalid settings of setup.sh, and its messages about refusals of Elasticsearch."""

from pathlib import Path

import pytest

from tests.logging.mappings import STREAMS
from tests.logging.setup.elastic_stand_in import NEVER, Answer, compact, error
from tests.logging.setup.run import PASSWORDS, Setup, make_files

pytestmark = pytest.mark.thorough

NOT_YET = error(503, "unavailable_shards_exception", "[.security-7] primary shard is not active")
SHAPE = "mapping of [x] is no good"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_RETENTION", "30"),
        ("LOG_RETENTION", "1m"),
        ("LOG_RETENTION", "0d"),
        ("LOG_RETENTION", "-1d"),
        ("LOG_RETENTION", '30d","x":"'),
        ("LOG_RETENTION", "30d\n"),
        ("LOG_ROLLOVER_AGE", "one day"),
        ("LOG_ROLLOVER_AGE", "99999d"),
        ("LOG_ROLLOVER_SIZE", "5"),
        ("LOG_ROLLOVER_SIZE", "5GB "),
        ("LOG_ROLLOVER_SIZE", "5pb"),
        ("LOG_REPLICAS", "-1"),
        ("LOG_REPLICAS", "all"),
        ("LOG_REPLICAS", "10"),
        ("LOG_REPLICAS", "0-1"),
    ],
)
def test_a_setting_out_of_range_is_refused_before_any_request(
    setup: Setup, name: str, value: str
) -> None:
    ended = setup.run(**{name: value})
    assert ended.status == 1
    assert f"setup: {name} must be " in ended.message
    assert not setup.server.received


@pytest.mark.parametrize("password", ["", "short", "pass\nword", "pässwörter", "tab\tulator"])
@pytest.mark.parametrize("name", PASSWORDS)
def test_an_invalid_password_is_refused_before_any_request(
    setup: Setup, name: str, password: str
) -> None:
    assert name in setup.message(**{name: password})
    assert not setup.server.received


def test_a_server_that_is_not_ready_is_asked_again(setup: Setup, subtests: pytest.Subtests) -> None:
    requests = (
        "GET /_security/_authenticate",
        "POST /_security/user/kibana_system/_password",
        "PUT /_security/user/operator",
        f"GET /_index_template/{STREAMS[0]}",
    )
    for request_line in requests:
        setup.server.plan(f"^{request_line} ", NOT_YET, times=2)
    asked = setup.succeed()
    for request_line in requests:
        with subtests.test(request_line):
            assert asked.count(request_line) >= 3


def test_a_server_that_is_never_ready_ends_the_script(setup: Setup) -> None:
    setup.server.plan("PUT /_security/role/log_reader", NOT_YET)
    message = setup.message(SETUP_WAIT_SECONDS="1")
    assert "PUT /_security/role/log_reader: HTTP 503" in message
    assert "primary shard is not active" in message


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("POST /_security/user/kibana_system/_password", 403),
        ("PUT /_ilm/policy/transcendence-logs", 500),
        ("PUT /_component_template/transcendence-base@mappings", 400),
        (f"PUT /_index_template/{STREAMS[1]}", 400),
        (f"GET /_index_template/{STREAMS[1]}", 403),
        (f"GET /_data_stream/{STREAMS[1]}", 500),
        ("PUT /_security/role/logstash_writer", 404),
        ("PUT /_security/user/logstash_writer", 409),
    ],
)
def test_a_refusal_ends_the_script_with_the_request_status_and_reason(
    setup: Setup, request_line: str, status: int
) -> None:
    setup.server.plan(f"^{request_line} ", error(status, "some_exception", SHAPE))
    assert f"setup: {request_line}: HTTP {status}: {SHAPE}\n" == setup.message()
    assert setup.server.lines[-1] == request_line


def test_the_innermost_reason_is_reported_too(setup: Setup) -> None:
    caused_by = {"type": "mapper_parsing_exception", "reason": 'no handler for "x"'}
    outer = {"type": "illegal_argument_exception", "reason": "template is invalid"}
    body = {"error": {"root_cause": [outer], **outer, "caused_by": caused_by}, "status": 400}
    setup.server.plan("PUT /_component_template", Answer(400, compact(body)))
    assert r"HTTP 400: template is invalid; no handler for \"x\"" in setup.message()


@pytest.mark.parametrize("body", ['{"acknowledged":false}', "{}", "", "<html>hello</html>"])
def test_an_answer_without_acknowledgement_ends_the_script(setup: Setup, body: str) -> None:
    setup.server.plan("PUT /_ilm/policy", Answer(200, body))
    message = setup.message()
    assert "PUT /_ilm/policy/transcendence-logs: HTTP 200, but the answer does not hold" in message
    assert body in message


@pytest.mark.parametrize("who", ["kibana_system", "logstash_writer", "operator"])
def test_a_user_who_cannot_sign_in_is_noticed(setup: Setup, who: str) -> None:
    """An administrator may have disabled the user."""
    setup.server.plan(f"GET /_security/_authenticate {who}", error(401, "security_exception", "no"))
    message = setup.message(SETUP_SIGN_IN_SECONDS="1")
    assert "GET /_security/_authenticate: HTTP 401: no" in message


def test_another_password_of_elastic_ends_the_script_with_advice(setup: Setup) -> None:
    setup.server.passwords["elastic"] = "what it was given first"
    message = setup.message(SETUP_SIGN_IN_SECONDS="1")
    assert "HTTP 401: unable to authenticate user [elastic]" in message
    assert "has another password for elastic than the secrets" in message
    # The password is stored in the container only, so recreating the container resets it.
    assert "docker compose --profile logging up -d --force-recreate elasticsearch" in message


def test_the_script_waits_for_a_server_that_cannot_read_its_users_yet(setup: Setup) -> None:
    unreadable = error(401, "security_exception", "failed to authenticate user [elastic]")
    setup.server.plan("GET /_security/_authenticate elastic", unreadable, times=3)
    setup.succeed()


def test_the_script_gives_up_when_no_server_listens(setup: Setup) -> None:
    message = setup.message(ELASTIC_URL="https://127.0.0.1:1", SETUP_WAIT_SECONDS="1")
    assert "Elasticsearch at https://127.0.0.1:1 is not ready after 1 s" in message
    assert "Failed to connect" in message


def test_the_script_gives_up_a_server_that_never_answers(setup: Setup) -> None:
    setup.server.plan("PUT /_ilm/policy", NEVER)
    message = setup.message(SETUP_ANSWER_SECONDS="1", SETUP_WAIT_SECONDS="1")
    assert "PUT /_ilm/policy/transcendence-logs: no answer: " in message


def test_a_server_with_a_foreign_certificate_gets_no_request(setup: Setup, tmp_path: Path) -> None:
    """The script does not retry, since waiting would not change the certificate."""
    message = setup.message(ELASTIC_CA=str(make_files(tmp_path).certificate))
    assert "cannot talk to Elasticsearch" in message
    assert "certificate" in message
    assert not setup.server.received


def test_no_request_is_sent_without_an_authority(setup: Setup) -> None:
    assert "/nowhere" in setup.message(ELASTIC_CA="/nowhere")
    assert not setup.server.received


@pytest.mark.parametrize("verb", ["", "all", "--help"])
def test_the_script_has_two_verbs(setup: Setup, verb: str) -> None:
    assert "setup.sh elasticsearch, or setup.sh kibana" in setup.message(verb)


def test_a_missing_file_is_named(setup: Setup) -> None:
    (setup.folder / "lifecycle.json").unlink()
    ended = setup.run()
    assert ended.status == 1
    assert "lifecycle.json" in ended.message
