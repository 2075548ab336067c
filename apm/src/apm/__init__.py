"""Answers what share of a release's votes fails, from Prometheus."""

from apm.app import create_app

__all__ = ["create_app"]
