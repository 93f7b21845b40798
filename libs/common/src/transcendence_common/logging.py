"""Logs: structlog, one ECS JSON object a line, on standard output and in LOG_DIR/<service>.json where that is set."""

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
    LineFormatter,
    OwnFields,
    ServiceFields,
    logger_field,
    request_fields,
)
from transcendence_common.log_files import OwnLogFile, check_folder
from transcendence_common.log_secrets import error_fields, without_secrets
from transcendence_common.problems import Problem
from transcendence_common.settings import Settings

SERVER_ERROR = 500
NOWHERE = {"class": "logging.NullHandler"}
"""In place of what Litestar would add by itself and nobody uses: one of them starts a thread that never ends."""


def logging_config(service: str, settings: Settings) -> StructLoggingConfig:
    """Set up all loggers for the ECS form under the service's name, and return how Litestar is to log.

    Args:
        service: its name.
        settings: level and folder.

    Raises:
        LogFolderUnusable: the folder is not there, or nothing can be written in it.
    """
    if settings.log_dir is not None:
        check_folder(settings.log_dir)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        request_fields,
        ServiceFields(service, settings.environment),
        error_fields,
        without_secrets,
        OwnFields(strict=settings.environment == "test"),
    ]
    standard_library = _standard_library(service, settings, shared)
    standard_library.configure()
    # Not through Litestar's plugin for structlog, which imports its command line, rich and all.
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
        handlers["file"] = _own_file(settings.log_dir, service)
    used = list(handlers)
    return LoggingConfig(
        formatters={
            "ecs": {
                "()": LineFormatter,
                "foreign_pre_chain": [structlog.stdlib.add_logger_name, logger_field, *shared],
            }
        },
        handlers={**handlers, "console": NOWHERE, "queue_listener": NOWHERE},
        loggers={
            "litestar": {"level": "INFO", "handlers": used, "propagate": False},
            # It reports each request of ours to others; our own lines say what came of it.
            "httpx": {"level": "WARNING", "handlers": used, "propagate": False},
        },
        root={"level": settings.log_level, "handlers": used},
    )


def _own_file(folder: Path, service: str) -> dict[str, Any]:
    return {"()": OwnLogFile, "folder": folder, "service": service, "formatter": "ecs"}


class _ErrorLog:
    """Logs what nobody foresaw with its stack, and what merely cannot be reached with its reason.

    A refusal of what the caller did wrong is in the request's own line already.
    """

    def __call__(self, logger: Logger, scope: Scope, _: list[str]) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, HTTPException) and error.status_code < SERVER_ERROR:
            return
        # Somebody left, or is sent away with a code.
        if isinstance(error, WebSocketException):
            return
        # The template, as in the request's own line: a path may carry a name that somebody asked for.
        template = scope.get("path_template")
        where = {"event.outcome": "failure", **({"url.path": template} if template else {})}
        if isinstance(error, Problem):
            # Of the cause its kind alone: a driver's message may hold the statement and its parameters.
            cause = _first_cause(error)
            kind = {} if cause is error else {"error.type": type(cause).__name__}
            what = {"error.code": error.code, "error.message": error.detail, **kind}
            logger.warning("not available", **{"event.action": "unavailable"}, **what, **where)
        else:
            what = {"event.action": "unexpected-error"}
            logger.error("unexpected error", exc_info=error, **what, **where)


def _first_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error
