"""What does a log line look like, and what never stands in one?

One line is one event: in production a JSON object, on a developer's terminal plain text. Lines name what happened
and to which record; request bodies, query strings and the texts of errors stay out in production, since they may quote
what people wrote.
"""

import logging.config
from typing import Any

from orchestration.ground.left_out import left_out

with left_out("rich"):  # the tracebacks here are plain ones
    import structlog
    from structlog.typing import EventDict, Processor

_frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)


def _exception_without_its_text(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Where an error came from and of which kind it is; not what it says."""
    if exc_info := event.pop("exc_info", None):
        exc_info = exc_info if isinstance(exc_info, tuple) else structlog.processors._figure_out_exc_info(exc_info)
        if exc_info and exc_info[1] is not None:
            event["exception"] = [
                {
                    "type": stack["exc_type"],
                    "frames": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in stack["frames"]],
                }
                for stack in _frames(exc_info)
            ]
    return event


def configure_logging(*, as_json: bool, level: str) -> None:
    """Send structlog's and the standard library's records through one formatter to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # the plain traceback: the other one prints the values of local variables
    readable = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    last: list[Processor] = (
        [_exception_without_its_text, structlog.processors.JSONRenderer()] if as_json else [readable]
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                "django.request": {"level": "ERROR"},  # a 404 is in the request log already, without its full address
                "uvicorn": {"handlers": [], "propagate": True},
                "uvicorn.access": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},  # would print a line for every nudge
                "celery.worker.request": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
                "celery.beat": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
                "mcp": {"level": "WARNING"},  # would print two lines for every request
            },
        }
    )
