"""The settings of the newservice service, read once from the environment."""

from dataclasses import dataclass
from typing import Self

from environs import Env, validate

from newservice.checks import LOG_LEVEL, PORT, RELEASE, in_one_line


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this service; docs/configuration.md lists the variables."""

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
                release=env.str("RELEASE", "local", validate=RELEASE),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container must accept connections from outside
                port=env.int("NEWSERVICE_PORT", 8080, validate=PORT),
                workers=env.int("NEWSERVICE_WORKERS", 1, validate=validate.Range(1, 16)),
                log_level=env.str("LOG_LEVEL", "INFO", validate=LOG_LEVEL),
            )
