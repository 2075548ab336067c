"""Which environment variables our processes inherit from the shell, and which are for other programs."""

import os

FOR_OTHERS = (
    "FLASK_",
    "GUNICORN_",
    "PG",
    "POD_NAME",
    "PROMETHEUS_",
    "PSYCOPG_",
    "PYTHON",
    "RELEASE",
    "WEB_CONCURRENCY",
)


def inherited() -> dict[str, str]:
    """The environment without the settings of other PostgreSQL, Python and web programs on this machine."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOR_OTHERS)}
