"""Start the vote service: `python -m vote` checks the settings, listens, and runs gunicorn."""

from gevent import monkey  # type: ignore[import-untyped]

monkey.patch_all()  # first: everything imported below, and by the app, must get the patched modules

# ruff: noqa: E402
import os
import sys
import tempfile

from gunicorn.app.wsgiapp import run

from vote.checks import ConfigError
from vote.config import Settings
from vote.listening import listen


def main() -> None:
    """Serve until told to stop; a wrong setting or a taken port ends with one line and exit code 2."""
    try:
        settings = Settings.from_env()
        listener = listen(settings.bind_host, settings.port)
    except ConfigError as error:
        print(f"vote: {error}", file=sys.stderr)  # noqa: T201 - the one line the operator reads
        sys.exit(2)
    if settings.workers > 1:
        # The processes share their counters in files. prometheus_client reads this at its first import.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="vote-metrics-")
    gunicorn = ["gunicorn", "--config=python:vote.gunicorn_conf", f"--bind=fd://{listener.detach()}"]
    sys.argv = [*gunicorn, "vote.app:create_app()"]
    run()


if __name__ == "__main__":
    main()
