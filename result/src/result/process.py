"""What each process does beside answering requests: it follows the database."""

from flask import Flask

GRACE_S = 1  # the event streams end themselves


def start(app: Flask) -> None:
    """Follow the database."""
    app.extensions["feed"].start()


def stop(app: Flask) -> None:
    """End the event streams: they would hold up the process."""
    app.extensions["board"].close()
