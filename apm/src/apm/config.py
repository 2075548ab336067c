"""The settings of the apm service, read once from the environment."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from environs import Env, EnvError, ValidationError, validate


class ConfigError(Exception):
    """A setting is missing or wrong; the message names its variable."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment asks of this service; README.md lists the variables."""

    prometheus_url: str
    prometheus_timeout_s: float
    release: str
    bind_host: str
    port: int
    threads: int
    log_level: str

    @classmethod
    def from_env(cls, env: Env | None = None) -> Self:
        """Read every variable, or raise a ConfigError that names the wrong one."""
        env = env or Env()
        try:
            return cls(
                prometheus_url=env.str("PROMETHEUS_URL", validate=http_url),
                prometheus_timeout_s=env.float(
                    "APM_PROMETHEUS_TIMEOUT_S", 2.0, validate=validate.Range(0.05, 30)
                ),
                release=env.str("RELEASE", "local", validate=validate.Regexp(r"[A-Za-z0-9._-]{1,63}\Z")),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - containers are reached from outside
                port=env.int("APM_PORT", 8080, validate=validate.Range(1, 65535)),
                threads=env.int("APM_THREADS", 16, validate=validate.Range(1, 64)),
                log_level=env.str(
                    "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
                ),
            )
        except EnvError as error:
            raise ConfigError(" ".join(str(error).split())) from error


def http_url(value: str) -> None:
    """Refuse what is no address of a server; the message repeats no part of it, which may be a password."""
    try:
        parts = urlsplit(value)
        is_known = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        parts, is_known = urlsplit(""), False
    host = re.fullmatch(r"[A-Za-z0-9_.:-]+", parts.hostname or "")
    is_odd = re.search(r"[^!-~]|%(?![0-9A-Fa-f]{2})", value) or "@" in parts.path
    if not is_known or not host or is_odd or parts.query or parts.fragment:
        raise ValidationError("must look like http://prometheus:9090; in a password, escape % (as %25) @ /")
