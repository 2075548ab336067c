"""delivery.toml, read once into frozen dataclasses."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from delivery.domain.environments import Environment, all_checked
from delivery.domain.errors import ConfigurationError

FILE = "delivery.toml"
CONNECTIONS = ("aws", "kubeconfig", "kind")
DEFAULTS = {"connect": "aws", "platforms": "linux/amd64"}
HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?"
PLATFORM = "linux/(amd64|arm64)"
SHAPES = {
    "name": (r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", "lower-case letters, digits and hyphens, 20 at most"),
    "registry": (rf"{HOST}(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*", "a host and a path, as ghcr.io/acme"),
    "repository": (r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", "OWNER/NAME, as on GitHub"),
    "base_domain": (HOST, "a domain, as acme.dev, or localhost:8443"),
    "connect": ("|".join(CONNECTIONS), f"one of {', '.join(CONNECTIONS)}"),
    "cluster": (r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,99}", "the cluster's name in EKS, kind or your kubeconfig"),
    "region": (r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region, as us-west-2"),
    "platforms": (rf"{PLATFORM}(,{PLATFORM})*", "linux/amd64, linux/arm64, or both with a comma between"),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """delivery.toml: everything that a fork changes."""

    name: str
    registry: str
    repository: str
    base_domain: str
    connect: str
    cluster: str
    region: str
    environments: tuple[Environment, ...]  # in the order in which a release passes them
    platforms: str = DEFAULTS["platforms"]

    @classmethod
    def from_file(cls, root: Path) -> Self:
        """Read delivery.toml, or raise a ConfigurationError that names the missing or wrong key."""
        try:
            found = tomllib.loads((root / FILE).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigurationError(f"there is no {FILE} in {root}; run delivery in a checkout") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{FILE} is not readable: {error}") from error
        return cls.checked(found)

    @classmethod
    def checked(cls, found: Mapping[str, object]) -> Self:
        """Parse the settings; every key must be present and valid."""
        names = (*SHAPES, "environments")
        for key in found:
            if key not in names:
                raise ConfigurationError(f"{FILE}: unknown key {key}; the keys are {', '.join(names)}")
        texts = {}
        for key, (shape, words) in SHAPES.items():
            value = found.get(key, DEFAULTS.get(key))
            if value is None:
                raise ConfigurationError(f"{FILE}: {key} is missing; it is {words}")
            if not isinstance(value, str) or not re.fullmatch(shape, value):
                raise ConfigurationError(f"{FILE}: {key} must be {words}, not {value!r}")
            texts[key] = value
        try:
            environments = all_checked(found.get("environments"))
        except ConfigurationError as error:
            raise ConfigurationError(f"{FILE}: {error}") from error
        return cls(**texts, environments=environments)

    def lines(self) -> dict[str, str]:
        """The line of each key in delivery.toml."""
        texts = {key: f'{key} = "{getattr(self, key)}"' for key in SHAPES}
        listed = "".join(f"  {each},\n" for each in self.environments)
        return texts | {"environments": f"environments = [\n{listed}]"}

    @property
    def env_names(self) -> tuple[str, ...]:
        """The environments' names."""
        return tuple(each.name for each in self.environments)

    def environment(self, name: str) -> Environment:
        """The environment of this name, or a ConfigurationError that lists the existing ones."""
        found = next((each for each in self.environments if each.name == name), None)
        if found is None:
            raise ConfigurationError(
                f"there is no environment {name!r}; it is one of {', '.join(self.env_names)}"
            )
        return found

    def on(self, server: str) -> "Settings":
        """These settings with the repository on this GitHub server; empty means github.com."""
        if not server:
            return self
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return Hosted(**own, server=server.rstrip("/"))

    @property
    def registry_host(self) -> str:
        """The host for docker login."""
        return self.registry.partition("/")[0]

    @property
    def hostname(self) -> str:
        """The base domain without its port, for the hosts of an Ingress."""
        return self.base_domain.partition(":")[0]

    def host(self, env: str, page: str) -> str:
        """The host of a page in an Ingress, without a port."""
        return self.url(env, page).removeprefix("https://").partition(":")[0]

    @property
    def github(self) -> str:
        """The URL of the repository."""
        return f"https://github.com/{self.repository}"

    def namespace(self, env: str) -> str:
        """The namespace of an environment, or of the platform."""
        return f"{self.name}-{env}"

    def url(self, env: str, page: str = "vote") -> str:
        """The URL of a page of an environment: vote, result, vote-preview or vote-canary."""
        service, _, view = page.partition("-")
        return f"https://{service}-{self.name}-{env}{view and '-' + view}.{self.base_domain}"


@dataclass(frozen=True, kw_only=True)
class Hosted(Settings):
    """delivery.toml in a run of GitHub Actions, which may be on another server."""

    server: str

    @property
    def github(self) -> str:
        """The URL of the repository on the server of the run."""
        return f"{self.server}/{self.repository}"
