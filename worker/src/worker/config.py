"""The settings of the worker, read once from the environment."""

from dataclasses import dataclass
from typing import Self

from environs import Env, EnvError, validate

from worker.database_url import database_url
from worker.redis_url import redis_url


class ConfigError(Exception):
    """A setting is missing or wrong; the message names its variable."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment asks of this service; README.md lists the variables."""

    redis_url: str
    database_url: str
    batch_size: int
    claim_idle_s: float
    bind_host: str
    port: int
    release: str
    log_level: str

    @classmethod
    def from_env(cls, env: Env | None = None) -> Self:
        """Read every variable, or raise a ConfigError that names the wrong one."""
        env = env or Env()
        try:
            return cls(
                redis_url=env.str("REDIS_URL", validate=redis_url),
                database_url=env.str("DATABASE_URL", validate=database_url),
                batch_size=env.int("WORKER_BATCH_SIZE", 1000, validate=validate.Range(1, 10_000)),
                claim_idle_s=env.float("WORKER_CLAIM_IDLE_S", 15.0, validate=validate.Range(0.1, 3600)),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container's own interfaces
                port=env.int("WORKER_PORT", 8080, validate=validate.Range(1, 65535)),
                release=env.str("RELEASE", "local", validate=validate.Regexp(r"[A-Za-z0-9._-]{1,63}\Z")),
                log_level=env.str(
                    "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
                ),
            )
        except EnvError as error:
            raise ConfigError(" ".join(str(error).split())) from error
