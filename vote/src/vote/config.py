"""The settings of the vote service, read once from the environment."""

import socket
from dataclasses import dataclass
from typing import Self

from environs import Env, validate

from vote.checks import LOG_LEVEL, PORT, RELEASE, in_one_line
from vote.page_url import page_url
from vote.redis_url import redis_url


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this service; docs/configuration.md lists the variables."""

    redis_url: str
    option_a: str
    option_b: str
    result_url: str
    error_sim: bool
    release: str
    image_tag: str
    pod: str
    bind_host: str
    port: int
    workers: int
    trusted_proxies: int
    redis_timeout_s: float
    log_level: str

    @classmethod
    def from_env(cls, env: Env | None = None) -> Self:
        """Read every variable, or raise a ConfigError that names the wrong one."""
        env = env or Env()
        with in_one_line():
            return cls(
                redis_url=env.str("REDIS_URL", validate=redis_url),
                option_a=env.str("VOTE_OPTION_A", "Cats", validate=validate.Length(min=1, max=40)),
                option_b=env.str("VOTE_OPTION_B", "Dogs", validate=validate.Length(min=1, max=40)),
                result_url=env.str("RESULT_URL", "", validate=page_url),
                error_sim=env.str("VOTE_ERROR_SIM", "on", validate=validate.OneOf(["on", "off"])) == "on",
                release=env.str("RELEASE", "local", validate=RELEASE),
                image_tag=env.str("IMAGE_TAG", "dev"),
                pod=env.str("POD_NAME", "") or socket.gethostname(),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container must accept connections from outside
                port=env.int("VOTE_PORT", 8080, validate=PORT),
                workers=env.int("VOTE_WORKERS", 4, validate=validate.Range(1, 64)),
                trusted_proxies=env.int("VOTE_TRUSTED_PROXIES", 0, validate=validate.Range(0, 5)),
                redis_timeout_s=env.float("VOTE_REDIS_TIMEOUT_S", 1.5, validate=validate.Range(0.05, 1.8)),
                log_level=env.str("LOG_LEVEL", "INFO", validate=LOG_LEVEL),
            )
