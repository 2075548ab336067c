"""The settings of the worker service, read once from the environment."""

from dataclasses import dataclass
from typing import Self

from environs import Env, validate

from worker.checks import LOG_LEVEL, PORT, RELEASE, in_one_line
from worker.database_url import database_url
from worker.redis_url import redis_url


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this service; docs/configuration.md lists the variables."""

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
        with in_one_line():
            return cls(
                redis_url=env.str("REDIS_URL", validate=redis_url),
                database_url=env.str("DATABASE_URL", validate=database_url),
                batch_size=env.int("WORKER_BATCH_SIZE", 1000, validate=validate.Range(1, 10_000)),
                claim_idle_s=env.float("WORKER_CLAIM_IDLE_S", 15.0, validate=validate.Range(0.1, 3600)),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container must accept connections from outside
                port=env.int("WORKER_PORT", 8080, validate=PORT),
                release=env.str("RELEASE", "local", validate=RELEASE),
                log_level=env.str("LOG_LEVEL", "INFO", validate=LOG_LEVEL),
            )
