"""Structured logs: one JSON object a line on standard output."""

from typing import Any


def configuration(service: str, release: str, level: str) -> dict[str, Any]:
    """The logging set-up, for logging.config.dictConfig and for gunicorn's logconfig_dict."""
    handlers = {"handlers": ["stdout"], "level": level, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
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
            "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "gunicorn.error": handlers,
            "gunicorn.access": handlers | {"level": "WARNING"},
            "httpx": {"level": "WARNING"},  # its lines carry PROMETHEUS_URL, which may hold a password
        },
    }
