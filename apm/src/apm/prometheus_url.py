"""Validates PROMETHEUS_URL; no message repeats any part of it, because that could be the password."""

import re
from urllib.parse import urlsplit

from environs import ValidationError


def prometheus_url(value: str) -> None:
    """Refuse anything but the HTTP URL of a server."""
    try:
        parts = urlsplit(value)
        is_known = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        parts, is_known = urlsplit(""), False
    host = re.fullmatch(r"[A-Za-z0-9_.:-]+", parts.hostname or "")
    is_odd = re.search(r"[^!-~]|%(?![0-9A-Fa-f]{2})", value) or "@" in parts.path
    if not is_known or not host or is_odd or parts.query or parts.fragment:
        raise ValidationError("must look like http://prometheus:9090; in a password, escape % (as %25) @ /")
