"""Background work of each process: following the tally in the database."""

from flask import Flask

GRACE_S = 1  # stop() below ends the event streams


def start(app: Flask) -> None:
    """Start the feed."""
    app.extensions["feed"].start()


def stop(app: Flask) -> None:
    """End the event streams, which would keep the process running."""
    app.extensions["live_results"].close()
