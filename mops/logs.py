"""Structured logs on standard error, with e-mail addresses and secrets masked before a line is written."""

import logging
import logging.config
import re
from typing import Any

import structlog

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
SECRET = re.compile(r"(mops_|Bearer\s+)[A-Za-z0-9_\-]{8,}")


def mask(text: str) -> str:
    """`text` without e-mail addresses, bearer tokens or line breaks that could forge a second log line."""
    text = EMAIL.sub("<e-mail>", SECRET.sub(r"\1<secret>", text))
    return text.replace("\r", "\\r").replace("\n", "\\n") if "Traceback" not in text else text


def mask_event(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    mask_event,
]
"""What every line goes through, whichever of the two libraries it comes from."""


def logging_settings(*, level: str, as_json: bool) -> None:
    """Configure the standard library and structlog to write the same masked lines."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {"django.server": {"propagate": True}, "celery": {"level": "WARNING"}},
        }
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
