"""Takes votes over HTTP and puts them on a Redis stream."""

from vote.app import create_app

__all__ = ["create_app"]
