"""Logs: structlog to stderr, pretty on a terminal, one JSON object a line otherwise."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


def configure(service: str, *, level: int = logging.INFO) -> None:
    """Set up the logs of this whole process. Every line carries the service's name.

    Lines of the standard library's loggers (nats-py's, uvicorn's) take the same form from WARNING on.
    """

    def name_service(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    is_terminal = sys.stderr.isatty()
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S" if is_terminal else "iso", utc=not is_terminal)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        name_service,
        structlog.processors.add_log_level,
        stamp,
        structlog.processors.StackInfoRenderer(),
    ]
    finish: list[Processor]
    if is_terminal:
        finish = [structlog.dev.ConsoleRenderer(colors=True)]
    else:
        finish = [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[*shared, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
