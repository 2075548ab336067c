"""The settings of the release view in a cluster, read once from the environment."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from environs import Env, validate

from stage.checks import LOG_LEVEL, PORT, RELEASE, in_one_line

HTTP = validate.Regexp(r"https?://\S+\Z")
HOST_PORT = validate.Regexp(r"([A-Za-z0-9.-]+:[0-9]{1,5})?\Z")
NAMESPACE = validate.Regexp(r"[a-z0-9-]{1,63}\Z")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this service; docs/configuration.md lists the variables."""

    namespace: str
    apm_url: str
    front_door: str
    switch: bool
    api_url: str
    account: Path
    release: str
    bind_host: str
    port: int
    log_level: str

    @classmethod
    def from_env(cls, env: Env | None = None) -> Self:
        """Read every variable, or raise a ConfigError that names the wrong one."""
        env = env or Env()
        with in_one_line():
            return cls(
                namespace=env.str("STAGE_NAMESPACE", validate=NAMESPACE),
                apm_url=env.str("STAGE_APM_URL", validate=HTTP),
                front_door=env.str("STAGE_FRONT_DOOR", "", validate=HOST_PORT),
                switch=env.str("STAGE_SWITCH", "off", validate=validate.OneOf(["on", "off"])) == "on",
                api_url=env.str("STAGE_API_URL", "https://kubernetes.default.svc", validate=HTTP),
                account=Path(env.str("STAGE_ACCOUNT", "/var/run/secrets/kubernetes.io/serviceaccount")),
                release=env.str("RELEASE", "local", validate=RELEASE),
                bind_host=env.str("BIND_HOST", "0.0.0.0"),  # noqa: S104 - a container must accept connections from outside
                port=env.int("STAGE_PORT", 8080, validate=PORT),
                log_level=env.str("LOG_LEVEL", "INFO", validate=LOG_LEVEL),
            )
