"""The settings of the result service, read once from the environment."""

import socket
from dataclasses import dataclass
from typing import Self

from environs import Env, validate

from result.checks import LOG_LEVEL, PORT, RELEASE, in_one_line
from result.database_url import database_url
from result.page_url import page_url


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this service; docs/configuration.md lists the variables."""

    database_url: str
    option_a: str
    option_b: str
    vote_url: str
    release: str
    image_tag: str
    pod: str
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
                database_url=env.str("DATABASE_URL", validate=database_url),
                option_a=env.str("VOTE_OPTION_A", "Cats", validate=validate.Length(min=1, max=40)),
                option_b=env.str("VOTE_OPTION_B", "Dogs", validate=validate.Length(min=1, max=40)),
                vote_url=env.str("VOTE_URL", "", validate=page_url),
                release=env.str("RELEASE", "local", validate=RELEASE),
                image_tag=env.str("IMAGE_TAG", "dev"),
                pod=env.str("POD_NAME", "") or socket.gethostname(),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container must accept connections from outside
                port=env.int("RESULT_PORT", 8080, validate=PORT),
                workers=env.int("RESULT_WORKERS", 1, validate=validate.Range(1, 16)),
                log_level=env.str("LOG_LEVEL", "INFO", validate=LOG_LEVEL),
            )
