"""The environments of delivery.toml, in the order in which a release passes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from delivery.domain.errors import ConfigurationError

STRATEGIES = ("rolling", "canary", "blue-green")
NAME = re.compile(r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?")  # part of the names of namespaces, hosts and workflows
# Names of other environments on GitHub, and of the platform's namespace.
TAKEN = ("build", "landscape", "platform")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment and its settings."""

    name: str
    strategy: str = "rolling"  # rolling, canary, or blue-green, whose preview a person promotes
    replicas: int = 1  # pods of vote
    traffic: bool = False  # synthetic voters, so that an analysis has data
    on_push: bool = False  # a push to the default branch deploys to it

    @classmethod
    def checked(cls, found: object) -> Self:
        """Parse a table of delivery.toml, or raise a ConfigurationError that says what is wrong."""
        if not isinstance(found, Mapping):
            raise ConfigurationError(f'environments must be tables, as {{ name = "qa" }}, not {found!r}')
        known: Mapping[str, Any] = found
        kinds = {each.name: each.type for each in fields(cls)}
        for key, value in known.items():
            if key not in kinds:
                raise ConfigurationError(
                    f"unknown key {key} of an environment; the keys are {', '.join(kinds)}"
                )
            if type(value) is not kinds[key]:
                raise ConfigurationError(f"an environment's {key} must not be {value!r}")
        name = str(known.get("name", ""))
        if not NAME.fullmatch(name) or name in TAKEN:
            raise ConfigurationError(
                f"an environment cannot be called {name!r}: lower-case letters, digits and hyphens, 16 at "
                f"most, and not {', '.join(TAKEN)}"
            )
        made = cls(**known)
        if made.strategy not in STRATEGIES:
            raise ConfigurationError(f"{name}: strategy must be one of {', '.join(STRATEGIES)}")
        if made.replicas < 1:
            raise ConfigurationError(f"{name}: replicas must be 1 or more, not {made.replicas}")
        return made

    @property
    def blue_green(self) -> bool:
        """Whether a new release waits as a preview until a person promotes it."""
        return self.strategy == "blue-green"

    def __str__(self) -> str:
        """Its line in delivery.toml."""
        said = [f'name = "{self.name}"', f'strategy = "{self.strategy}"', f"replicas = {self.replicas}"]
        said += [f"{key} = true" for key in ("traffic", "on_push") if getattr(self, key)]
        return f"{{ {', '.join(said)} }}"


def all_checked(found: object) -> tuple[Environment, ...]:
    """Parse the environments of delivery.toml: at least two, with unique names."""
    made = tuple(Environment.checked(each) for each in found) if isinstance(found, list | tuple) else ()
    names = [each.name for each in made]
    if len(made) < 2:  # noqa: PLR2004 - a release passes from one to the next
        raise ConfigurationError("environments must name at least two: a release passes from one to the next")
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ConfigurationError(f"environments name {twice} twice")
    return made


def added(known: Sequence[Environment], new: Environment, after: str) -> tuple[Environment, ...]:
    """The environments with a new one after `after`, or at the start if that is empty."""
    at = 1 + [each.name for each in known].index(after) if after else 0
    return all_checked([asdict(each) for each in (*known[:at], new, *known[at:])])


def removed(known: Sequence[Environment], name: str) -> tuple[Environment, ...]:
    """The environments without one."""
    return all_checked([asdict(each) for each in known if each.name != name])


def renamed(known: Sequence[Environment], name: str, to: str) -> tuple[Environment, ...]:
    """The environments with one of them renamed."""
    return all_checked([asdict(each) | ({"name": to} if each.name == name else {}) for each in known])
