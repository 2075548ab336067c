"""Validates REDIS_URL; no message repeats any part of it, because that could be the password."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from environs import ValidationError
from redis import Redis, RedisError

# Only these options are allowed. Timeouts and decoding are not: the service sets them itself.
_OPTIONS = re.compile(r"db|ssl_\w+")
_FILES = {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}


def redis_url(value: str) -> None:
    """Refuse what redis-py does not understand, and what it silently misreads."""
    if re.search(r"\s|%(?![0-9A-Fa-f]{2})", value):
        raise ValidationError("has a space or a single %; in a password, write % as %25")
    try:
        parts = urlsplit(value)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        is_complete = _is_complete(parts.scheme, parts.hostname, parts.port, parts.path)
    except ValueError:
        is_complete = False
    if not is_complete or parts.fragment:
        raise ValidationError("must look like redis://user:password@host:6379/0; in a password, escape / # ?")
    for name, given in options.items():
        if name in _FILES and not Path(given).is_file():
            raise ValidationError(f"{name} is not an existing file")
    try:
        Redis.from_url(value).connection_pool.make_connection()  # does not connect
        is_known = all(map(_OPTIONS.fullmatch, options))
    except (RedisError, TypeError, ValueError):
        is_known = False
    if not is_known:
        raise ValidationError("has an option after ? that is unknown or has a wrong value")


def _is_complete(scheme: str, host: str | None, port: int | None, path: str) -> bool:
    if scheme == "unix":
        return not host and len(path) > 1
    known = scheme in {"redis", "rediss"} and port != 0
    return known and bool(re.fullmatch(r"[\w.:-]+", host or "")) and bool(re.fullmatch(r"(/\d*)?", path))
