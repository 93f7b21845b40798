"""Fields of every line, and the allowed values of `labels.*` and `transcendence.*`."""

import logging
import os
import threading
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest
import structlog
from litestar import Litestar

from libs.common.tests.log_of_sample import LogFile
from tests.fixtures.ecs import faults
from transcendence_common.log_fields import ServiceFields, WrongCustomField
from transcendence_common.logging import logging_config
from transcendence_common.settings import Settings

THREADS = 8
LINES = 200


@pytest.fixture
def logger() -> structlog.stdlib.BoundLogger:
    """A new logger, since a logger keeps the format of its first line."""
    found: structlog.stdlib.BoundLogger = structlog.get_logger("sample")
    return found


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    return set_up(Settings(environment="test", log_dir=tmp_path), tmp_path)


@pytest.fixture
def in_production(tmp_path: Path) -> LogFile:
    return set_up(Settings(environment="production", log_dir=tmp_path), tmp_path)


def set_up(settings: Settings, folder: Path) -> LogFile:
    Litestar(logging_config=logging_config("sample", settings))
    return LogFile(folder)


def test_lines_of_a_process_have_unique_numbers(
    log: LogFile, logger: structlog.stdlib.BoundLogger
) -> None:
    def work() -> None:
        for number in range(LINES):
            logger.info("ours") if number % 2 else logging.getLogger("theirs").info("theirs")

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = Counter(line["event"]["sequence"] for line in log.lines())
    assert len(numbers) == THREADS * LINES
    # Only lines are counted.
    assert max(numbers) - min(numbers) == THREADS * LINES - 1
    assert {line["process"]["pid"] for line in log.lines()} == {os.getpid()}


def test_numbers_continue_when_logging_is_set_up_again(
    tmp_path: Path, logger: structlog.stdlib.BoundLogger
) -> None:
    settings = Settings(environment="test", log_dir=tmp_path)
    for _ in range(2):
        log = set_up(settings, tmp_path)
        logger.info("something")
    first, second = log.lines()
    assert second["event"]["sequence"] == first["event"]["sequence"] + 1


def test_the_time_of_a_line_is_that_of_the_event(log: LogFile) -> None:
    record = logging.LogRecord("theirs", logging.INFO, "", 0, "happened long ago", None, None)
    record.created = 1.0625
    logging.getLogger().handle(record)
    [line] = log.lines()
    assert line["@timestamp"] == "1970-01-01T00:00:01.062Z"


def test_a_time_chosen_by_the_event_is_not_overwritten(
    log: LogFile, logger: structlog.stdlib.BoundLogger
) -> None:
    logger.info("up", **{"event.kind": "state"})
    assert log.lines()[0]["event"]["kind"] == "state"


@pytest.mark.parametrize("service", ["auth", "history", "tournament", "ui"])
def test_a_service_logs_its_own_version(service: str) -> None:
    fields = ServiceFields(service, "test")(None, "info", {})
    assert fields["service.version"] == version(f"transcendence-{service}")


def test_own_labels_and_numbers_are_written_unchanged(
    log: LogFile, logger: structlog.stdlib.BoundLogger
) -> None:
    logger.info("played", **{"labels.mode": "ranked", "transcendence.ticks": 3600})
    logger.info("played", **{"transcendence.delay": 1.5})
    first, second = log.lines()
    assert faults(first) == faults(second) == []
    assert (first["labels"], first["transcendence"]) == ({"mode": "ranked"}, {"ticks": 3600})
    assert second["transcendence"] == {"delay": 1.5}


WRONG: list[tuple[str, object, str]] = [
    ("labels.ticks", 3600, "3600"),
    ("labels.ready", True, "True"),
    ("labels.players", ["a", "b"], "['a', 'b']"),
    ("transcendence.ticks", "many", "many"),
    ("transcendence.ready", True, "True"),
]


@pytest.mark.parametrize(("field", "value", "_"), WRONG)
def test_a_value_of_the_wrong_type_fails_a_test(
    log: LogFile, logger: structlog.stdlib.BoundLogger, field: str, value: object, _: str
) -> None:
    with pytest.raises(WrongCustomField, match=f"{field} takes only"):
        logger.info("odd", **{field: value})
    assert log.text() == ""


@pytest.mark.parametrize(("field", "value", "word"), WRONG)
def test_a_value_of_the_wrong_type_loses_no_line_in_production(
    in_production: LogFile,
    logger: structlog.stdlib.BoundLogger,
    field: str,
    value: object,
    word: str,
) -> None:
    logger.info("odd", **{field: value})
    [line] = in_production.lines()
    assert line["labels"] == {field.partition(".")[2]: word}
    assert faults(line) == []


def test_a_missing_value_is_left_out_in_production(
    in_production: LogFile, logger: structlog.stdlib.BoundLogger
) -> None:
    logger.info("odd", **{"labels.match_id": None})
    [line] = in_production.lines()
    assert "labels" not in line
