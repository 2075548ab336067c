"""Start the vote service: `python -m vote` checks the settings, then becomes gunicorn."""

import os
import sys
import tempfile

from vote.config import ConfigError, Settings


def main() -> None:
    """Serve until told to stop; a wrong setting ends with one line and exit code 2."""
    try:
        Settings.from_env()
    except ConfigError as error:
        print(f"vote: {error}", file=sys.stderr)  # noqa: T201 - the one line the operator reads
        sys.exit(2)
    # The processes of a pod share their counters in files; read when prometheus_client is first imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="vote-metrics-")
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:vote.gunicorn_conf",
        "vote:create_app()",
    ]
    os.execv(sys.executable, gunicorn)  # noqa: S606 - fixed words, no shell


if __name__ == "__main__":
    main()
