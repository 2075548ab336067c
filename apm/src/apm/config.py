"""The settings of the apm service, read once from the environment."""

from dataclasses import dataclass
from typing import Self

from environs import Env, validate

from apm.checks import LOG_LEVEL, PORT, RELEASE, in_one_line
from apm.prometheus_url import prometheus_url


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this service; docs/configuration.md lists the variables."""

    prometheus_url: str
    prometheus_timeout_s: float
    release: str
    bind_host: str
    port: int
    workers: int
    log_level: str

    @classmethod
    def from_env(cls, env: Env | None = None) -> Self:
        """Read every variable, or raise a ConfigError that names the wrong one."""
        env = env or Env()
        with in_one_line():
            return cls(
                prometheus_url=env.str("PROMETHEUS_URL", validate=prometheus_url),
                prometheus_timeout_s=env.float(
                    "APM_PROMETHEUS_TIMEOUT_S", 2.0, validate=validate.Range(0.05, 30)
                ),
                release=env.str("RELEASE", "local", validate=RELEASE),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container must accept connections from outside
                port=env.int("APM_PORT", 8080, validate=PORT),
                workers=env.int("APM_WORKERS", 1, validate=validate.Range(1, 16)),
                log_level=env.str("LOG_LEVEL", "INFO", validate=LOG_LEVEL),
            )
