"""Background work of each process: none."""

from flask import Flask

GRACE_S = 10  # time for open requests to finish after a stop signal


def start(_app: Flask) -> None:
    """Do nothing."""


def stop(_app: Flask) -> None:
    """Do nothing: connections end with the process."""
