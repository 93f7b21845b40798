"""Logs: structlog, one ECS JSON object a line, on standard output and in LOG_DIR/<service>.json where that is set."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from ecs_logging import StructlogFormatter
from litestar.exceptions import HTTPException, WebSocketException
from litestar.logging.config import LoggingConfig, StructLoggingConfig
from litestar.plugins.structlog import StructlogConfig, StructlogPlugin
from litestar.types import Logger, Scope
from structlog.typing import EventDict, Processor, WrappedLogger

from transcendence_common.problems import Problem
from transcendence_common.request_id import current_request_id
from transcendence_common.settings import Settings

LOG_FILE_BYTES = 10 * 1024 * 1024
LOG_FILES_KEPT = 5
SERVER_ERROR = 500


def logging_plugin(
    service: str, settings: Settings, away: Sequence[type[Exception]] = ()
) -> StructlogPlugin:
    """Return Litestar's structlog plugin, set up to write the ECS form under the service's name.

    Args:
        service: its name.
        settings: level and folder.
        away: exceptions that say that something cannot be reached: a warning, not a bug.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _request_fields,
        _ServiceFields(service, settings.environment),
        structlog.processors.format_exc_info,
    ]
    return StructlogPlugin(
        StructlogConfig(
            structlog_logging_config=StructLoggingConfig(
                processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
                logger_factory=structlog.stdlib.LoggerFactory(),
                wrapper_class=structlog.make_filtering_bound_logger(
                    logging.getLevelNamesMapping()[settings.log_level]
                ),
                standard_lib_logging_config=_standard_library(service, settings, shared),
                log_exceptions="always",
                exception_logging_handler=_ErrorLog(tuple(away)),
                pretty_print_tty=False,
            ),
            # One line a request comes from our own RequestLog: in ECS names, with the route's template.
            enable_middleware_logging=False,
        )
    )


def _standard_library(service: str, settings: Settings, shared: list[Processor]) -> LoggingConfig:
    """Send the lines of uvicorn, SQLAlchemy and the rest through the same form to the same places."""
    handlers: dict[str, dict[str, Any]] = {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "ecs",
        }
    }
    if settings.log_dir is not None:
        handlers["file"] = _rotating_file(settings.log_dir / f"{service}.json")
    used = list(handlers)
    return LoggingConfig(
        formatters={
            "ecs": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [structlog.stdlib.add_logger_name, _rename_logger, *shared],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    StructlogFormatter(),
                ],
            }
        },
        handlers=handlers,
        loggers={
            "litestar": {"level": "INFO", "handlers": used, "propagate": False},
            # It reports each request of ours to others; our own lines say what came of it.
            "httpx": {"level": "WARNING", "handlers": used, "propagate": False},
        },
        root={"level": settings.log_level, "handlers": used},
    )


def _rotating_file(path: Path) -> dict[str, Any]:
    return {
        "class": "logging.handlers.RotatingFileHandler",
        "filename": str(path),
        "maxBytes": LOG_FILE_BYTES,
        "backupCount": LOG_FILES_KEPT,
        "encoding": "utf-8",
        "formatter": "ecs",
    }


class _ServiceFields:
    """Adds what is the same in every line of a process."""

    def __init__(self, service: str, environment: str) -> None:
        self._fields = {
            "service.name": service,
            "service.environment": environment,
            "event.dataset": f"{service}.log",
        }

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        for name, value in self._fields.items():
            event.setdefault(name, value)
        return event


def _request_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    request_id = current_request_id()
    if request_id:
        event["http.request.id"] = request_id
        event["trace.id"] = request_id
    return event


def _rename_logger(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["log.logger"] = event.pop("logger")
    return event


class _ErrorLog:
    """Logs what nobody foresaw with its stack, and what merely cannot be reached with its reason.

    A refusal of what the caller did wrong is in the request's own line already.
    """

    def __init__(self, away: tuple[type[Exception], ...]) -> None:
        self._away = away

    def __call__(self, logger: Logger, scope: Scope, _: list[str]) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, HTTPException) and error.status_code < SERVER_ERROR:
            return
        # Somebody left, or is sent away with a code.
        if isinstance(error, WebSocketException):
            return
        # The template, as in the request's own line: a path may carry a name that somebody asked for.
        where = {"url.path": scope.get("path_template", "")}
        if isinstance(error, Problem):
            what = {"error.code": error.code, "error.message": error.detail}
            logger.warning("not available", **{"event.action": "unavailable"}, **what, **where)
        elif isinstance(error, self._away):
            # The kind alone: a driver's message may hold the statement and its parameters.
            what = {"error.type": type(error).__name__}
            logger.warning("not available", **{"event.action": "unavailable"}, **what, **where)
        else:
            what = {"event.action": "unexpected-error"}
            logger.error("unexpected error", exc_info=error, **what, **where)
