"""Structured logs: one JSON object per line on standard output, with the request id where there is one."""

import logging
import logging.config
from typing import Any

from flask import has_request_context, request

REQUEST_ID = "stage.request_id"  # the key of the request id in the WSGI environ


class RequestId(logging.Filter):
    """Adds the request id to every record that is logged while a request is served."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, and add the id if there is a request."""
        if has_request_context() and REQUEST_ID in request.environ:
            record.request_id = request.environ[REQUEST_ID]
        return True


def configuration(service: str, release: str, level: str) -> dict[str, Any]:
    """The logging configuration, for logging.config.dictConfig and for gunicorn's logconfig_dict."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestId}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "{levelname}{name}{message}",
                "style": "{",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "static_fields": {"service": service, "release": release},
                "timestamp": "time",
            }
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {"gunicorn.error": {"handlers": ["stdout"], "level": level, "propagate": False}},
    }
