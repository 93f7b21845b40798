"""Logging with structlog: one ECS JSON object a line, on standard output and, if set, in LOG_DIR/<service>.json."""

import logging
import sys
from pathlib import Path
from typing import Any

import structlog
from litestar.exceptions import HTTPException, WebSocketException
from litestar.logging.config import LoggingConfig, StructLoggingConfig
from litestar.types import Logger, Scope
from structlog.typing import Processor

from transcendence_common.log_fields import (
    CustomFieldCheck,
    LineFormatter,
    ServiceFields,
    add_request_fields,
    rename_logger_field,
)
from transcendence_common.log_files import ReplicaLogFile, check_log_folder
from transcendence_common.log_secrets import add_error_fields, remove_secrets
from transcendence_common.problems import Problem
from transcendence_common.settings import Settings

SERVER_ERROR = 500
NULL_HANDLER = {"class": "logging.NullHandler"}
"""Replaces handlers that Litestar would add and that are not used: one of them starts a thread that never ends."""


def logging_config(service: str, settings: Settings) -> StructLoggingConfig:
    """Set up all loggers for the ECS form, and return Litestar's logging configuration.

    Args:
        service: the name of the service.
        settings: level and folder.

    Raises:
        LogFolderUnusable: the folder does not exist, or cannot be written to.
    """
    if settings.log_dir is not None:
        check_log_folder(settings.log_dir)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_request_fields,
        ServiceFields(service, settings.environment),
        add_error_fields,
        remove_secrets,
        CustomFieldCheck(strict=settings.environment == "test"),
    ]
    standard_library = _standard_library_config(service, settings, shared)
    standard_library.configure()
    # Litestar's plugin for structlog is not used, because it imports its command line with rich.
    return StructLoggingConfig(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level]
        ),
        standard_lib_logging_config=standard_library,
        log_exceptions="always",
        exception_logging_handler=_ErrorLog(),
        pretty_print_tty=False,
    )


def _standard_library_config(
    service: str, settings: Settings, shared: list[Processor]
) -> LoggingConfig:
    """Return the configuration that sends the lines of uvicorn, SQLAlchemy and others to the same places.

    They get the same form.
    """
    handlers: dict[str, dict[str, Any]] = {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "ecs",
        }
    }
    if settings.log_dir is not None:
        handlers["file"] = _file_handler(settings.log_dir, service)
    used = list(handlers)
    return LoggingConfig(
        formatters={
            "ecs": {
                "()": LineFormatter,
                "foreign_pre_chain": [
                    structlog.stdlib.add_logger_name,
                    rename_logger_field,
                    *shared,
                ],
            }
        },
        handlers={**handlers, "console": NULL_HANDLER, "queue_listener": NULL_HANDLER},
        loggers={
            "litestar": {"level": "INFO", "handlers": used, "propagate": False},
            # httpx reports every request to other services, but the services log the outcome themselves.
            "httpx": {"level": "WARNING", "handlers": used, "propagate": False},
        },
        root={"level": settings.log_level, "handlers": used},
    )


def _file_handler(folder: Path, service: str) -> dict[str, Any]:
    return {"()": ReplicaLogFile, "folder": folder, "service": service, "formatter": "ecs"}


class _ErrorLog:
    """Logs unexpected errors with their stack, and unavailable services with the reason.

    Errors of the caller are in the request's own line already.
    """

    def __call__(self, logger: Logger, scope: Scope, _: list[str]) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, HTTPException) and error.status_code < SERVER_ERROR:
            return
        # The client has left, or the socket was closed with a code.
        if isinstance(error, WebSocketException):
            return
        # The template, as in the request's own line: a path may contain a name.
        template = scope.get("path_template")
        where = {"event.outcome": "failure", **({"url.path": template} if template else {})}
        if isinstance(error, Problem):
            # Of the cause the type only: a driver's message may contain the statement and its parameters.
            cause = _root_cause(error)
            kind = {} if cause is error else {"error.type": type(cause).__name__}
            what = {"error.code": error.code, "error.message": error.detail, **kind}
            logger.warning("not available", **{"event.action": "unavailable"}, **what, **where)
        else:
            what = {"event.action": "unexpected-error"}
            logger.error("unexpected error", exc_info=error, **what, **where)


def _root_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error
