"""Start the apm service: `python -m apm` checks the settings, then becomes gunicorn."""

import os
import socket
import sys
from typing import NoReturn

from apm.config import ConfigError, Settings


def main() -> None:
    """Serve until told to stop; a wrong setting or a taken port ends with one line and exit code 2."""
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        _refuse(str(error))
    try:
        # gunicorn itself would try for five seconds and log a line each time.
        socket.create_server((settings.bind_host, settings.port)).close()
    except OSError as error:
        where = f"{settings.bind_host}:{settings.port}"
        _refuse(f"cannot listen on {where} (BIND_HOST, APM_PORT): {os.strerror(error.errno or 0)}")
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:apm.gunicorn_conf",
        "apm:create_app()",
    ]
    os.execv(sys.executable, gunicorn)  # noqa: S606 - fixed words, no shell


def _refuse(reason: str) -> NoReturn:
    print(f"apm: {reason}", file=sys.stderr)  # noqa: T201 - the one line the operator reads
    sys.exit(2)


if __name__ == "__main__":
    main()
