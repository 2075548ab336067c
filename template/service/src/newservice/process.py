"""What each process does beside answering requests: nothing."""

from flask import Flask

GRACE_S = 10  # for requests under way at a stop


def start(_app: Flask) -> None:
    """Nothing."""


def stop(_app: Flask) -> None:
    """Nothing: connections end with the process."""
