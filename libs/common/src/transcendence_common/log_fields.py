"""The fields that every log line of a service has, in addition to its own."""

import logging
import socket
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from typing import Any

import structlog
from ecs_logging import StructlogFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from transcendence_common.request_id import current_request_id

ECS_VERSION = "9.4.0"
DATASET = "app"
"""The same for all services: `service.name` tells them apart."""
LABEL_PREFIX = "labels."
NUMBER_PREFIX = "transcendence."
CUSTOM_PREFIXES = (LABEL_PREFIX, NUMBER_PREFIX)

_LINE_KEY = "ecs_line"
"""The attribute of a record with its line."""

_SEQUENCE = count(1)
"""Counts this process's lines. One step cannot be interrupted by another thread."""


class WrongCustomField(TypeError):
    """A custom field has a value of the wrong type: Elasticsearch would turn numbers into words, or refuse the line."""

    def __init__(self, field: str, value: object) -> None:
        belongs = "takes only words" if field.startswith(LABEL_PREFIX) else "takes only numbers"
        super().__init__(f"{field} {belongs}, not {type(value).__name__}")


class ServiceFields:
    """Adds the fields that are the same in all lines of a process."""

    def __init__(self, service: str, environment: str) -> None:
        """Take the service's name; the version is that of its package."""
        self._fields = {
            "service.name": service,
            "service.environment": environment,
            "service.version": _version_of(service),
            "host.name": socket.gethostname(),
            "event.kind": "event",
            "event.dataset": DATASET,
        }

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        for name, value in self._fields.items():
            event.setdefault(name, value)
        return event


class CustomFieldCheck:
    """Checks that `labels.*` are strings and `transcendence.*` are numbers.

    With `strict`, a wrong field raises an error. Otherwise it is converted to a label, or dropped if it is None.
    """

    def __init__(self, *, strict: bool) -> None:
        """Create the check; `strict` makes it raise an error for a wrong field."""
        self._strict = strict

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Check each custom field of a line.

        Raises:
            WrongCustomField: a field is wrong and the check is strict.
        """
        wrong = [
            name
            for name, value in event.items()
            if name.startswith(CUSTOM_PREFIXES) and not _has_right_type(name, value)
        ]
        for name in wrong:
            if self._strict:
                raise WrongCustomField(name, event[name])
            # As a label it can still be found; a refused line would be lost.
            value = event.pop(name)
            if value is not None:
                event[
                    LABEL_PREFIX + name.removeprefix(LABEL_PREFIX).removeprefix(NUMBER_PREFIX)
                ] = str(value)
        return event


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats a record as one line of JSON, the same for each handler."""

    def __init__(self, foreign_pre_chain: list[Processor]) -> None:
        """Take the processors for the records of libraries."""
        super().__init__(
            foreign_pre_chain=foreign_pre_chain,
            processors=[_add_record_fields, self.remove_processors_meta, _format_as_ecs],
        )

    def format(self, record: logging.LogRecord) -> str:
        """Number and format the record, once for all handlers."""
        line: str | None = record.__dict__.get(_LINE_KEY)
        if line is None:
            record.__dict__["sequence"] = next(_SEQUENCE)
            line = record.__dict__[_LINE_KEY] = super().format(record)
        return line


def add_request_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the id of the current request."""
    request_id = current_request_id()
    if request_id:
        event["http.request.id"] = request_id
        event["trace.id"] = request_id
    return event


def rename_logger_field(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Rename the logger's field to its name in ECS."""
    event["log.logger"] = event.pop("logger")
    return event


class _EcsFormatter(StructlogFormatter):
    def format_to_ecs(self, event_dict: dict[str, Any]) -> dict[str, Any]:
        event_dict["ecs.version"] = ECS_VERSION
        return super().format_to_ecs(event_dict)


_FORMATTER = _EcsFormatter()


def _format_as_ecs(logger: WrappedLogger, name: str, event: EventDict) -> str:
    return _FORMATTER(logger, name, dict(event))


def _add_record_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record = event["_record"]
    event["@timestamp"] = _time_of(record)
    event["process.pid"] = record.process
    event["event.sequence"] = record.sequence
    return event


def _time_of(record: logging.LogRecord) -> str:
    """Return the time of the event, which is shortly before the line is written."""
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _has_right_type(name: str, value: object) -> bool:
    if name.startswith(LABEL_PREFIX):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _version_of(service: str) -> str:
    try:
        return version(f"transcendence-{service}")
    except PackageNotFoundError:
        return version("transcendence-common")
